"""What goes over the wire: URLs, network policy, transport, decoding."""
