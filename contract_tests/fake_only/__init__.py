"""What only a fake can do, and what is true of its parts."""
