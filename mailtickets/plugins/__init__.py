"""Where plugins are found: every directory mailtickets/plugins on the path, ours and strangers'."""

from twisted.plugin import pluginPackagePaths

__path__.extend(pluginPackagePaths(__name__))  # type: ignore[no-untyped-call]
__all__: list[str] = []
