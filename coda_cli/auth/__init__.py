"""Who is calling, and how a request is authenticated."""
