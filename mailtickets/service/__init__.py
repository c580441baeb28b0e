"""The roof: settings, plugins found, everything put together."""
