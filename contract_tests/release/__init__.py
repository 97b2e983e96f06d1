"""What is released: is it whole, and does it work where it is installed?"""
