"""What the API says: operations, shapes and constraints, all read from botocore's model of the service."""
