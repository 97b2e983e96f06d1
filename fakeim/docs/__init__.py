"""The documentation: pages in Markdown, and what of them is made from the code."""
