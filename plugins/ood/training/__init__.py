"""The built-in OOD methods that train or fine-tune the network, one file a method."""
