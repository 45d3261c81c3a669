"""Entry points to plugin classes: the only discovery code.

Promises: listing names imports no plugin; a name belongs to one distribution; a plugin that lacks a package
says how to install it, and one that is itself broken shows its own traceback.
Source: entry points specification, https://packaging.python.org/specifications/entry-points/.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Literal, cast

from headwater.sdk.config import PluginConfig
from headwater.sdk.errors import ConfigError, UnknownName

if TYPE_CHECKING:  # these import pyarrow, and a list of names should not have to wait for it
    from headwater.sdk.destination import Destination
    from headwater.sdk.processor import Processor
    from headwater.sdk.source import Source

Kind = Literal["source", "destination", "processor"]

GROUPS: Mapping[Kind, str] = {
    "source": "headwater.sources",
    "destination": "headwater.destinations",
    "processor": "headwater.processors",
}
# What a class must have, by contract; a processor is relational or batch, or makes streams. Checked against the
# protocols in the tests.
METHODS: Mapping[Kind, tuple[tuple[str, ...], ...]] = {
    "source": (("check", "discover", "describe", "plan", "read", "close"),),
    "destination": (("check", "capabilities", "open", "checkpoints", "set_checkpoint", "close"),),
    "processor": (("operations",), ("output_schema", "process"), ("new_streams",)),
}


class BrokenPlugin(ConfigError):
    """An entry point that names something which is no plugin."""

    code = "config.broken_plugin"


class MissingPackage(ConfigError):
    """A plugin needs a package that is not installed."""

    code = "config.missing_package"


@dataclass(frozen=True, slots=True)
class ConnectorType:
    """A connector type, without importing it."""

    name: str
    source: bool
    destination: bool
    distribution: str
    version: str


@dataclass(frozen=True, slots=True)
class ProcessorType:
    """A processor type, without importing it."""

    name: str
    distribution: str
    version: str


@dataclass(frozen=True, slots=True)
class Registry:
    """The plugins of one environment.

    `claims` holds, per kind and name, every entry point that claims the name.
    """

    claims: Mapping[Kind, Mapping[str, tuple[EntryPoint, ...]]] = field(repr=False)

    def names(self, kind: Kind) -> list[str]:
        return sorted(self.claims.get(kind, {}))

    def source_type(self, name: str) -> type[Source]:
        """Raises UnknownName, MissingPackage or BrokenPlugin, as do the other two."""
        return cast("type[Source]", self._load("source", name))

    def destination_type(self, name: str) -> type[Destination]:
        return cast("type[Destination]", self._load("destination", name))

    def processor_type(self, name: str) -> type[Processor]:
        return cast("type[Processor]", self._load("processor", name))

    def config_type(self, kind: Kind, name: str) -> type[PluginConfig]:
        """The config model of a plugin; imports the plugin."""
        return cast("type[PluginConfig]", getattr(self._load(kind, name), "config_type"))  # noqa: B009

    def connector_types(self) -> tuple[ConnectorType, ...]:
        """All connector types, in name order. Raises ConfigError for a name with two owners."""
        sources, destinations = self.names("source"), self.names("destination")
        found: list[ConnectorType] = []
        for name in sorted({*sources, *destinations}):
            entry = self._entry("source" if name in sources else "destination", name)
            found.append(ConnectorType(name, name in sources, name in destinations, *_owner(entry)))
        return tuple(found)

    def processor_types(self) -> tuple[ProcessorType, ...]:
        """All processor types, in name order. Raises ConfigError for a name with two owners."""
        return tuple(ProcessorType(name, *_owner(self._entry("processor", name))) for name in self.names("processor"))

    def connector_configs(self) -> dict[str, tuple[type[PluginConfig], ...]]:
        """Per connector type the config models of its sides, without types whose packages are missing.
        Imports all plugins.
        """
        found: dict[str, tuple[type[PluginConfig], ...]] = {}
        for name in sorted({*self.names("source"), *self.names("destination")}):
            sides: list[Kind] = [kind for kind in ("source", "destination") if name in self.claims.get(kind, {})]
            models = [model for kind in sides if (model := self._installed_config(kind, name))]
            if models:
                found[name] = tuple(dict.fromkeys(models))
        return found

    def processor_configs(self) -> dict[str, type[PluginConfig]]:
        """Per processor type its config model, without types whose packages are missing.

        Imports all plugins.
        """
        found = {name: self._installed_config("processor", name) for name in self.names("processor")}
        return {name: model for name, model in found.items() if model is not None}

    def _installed_config(self, kind: Kind, name: str) -> type[PluginConfig] | None:
        try:
            return self.config_type(kind, name)
        except MissingPackage:
            return None

    def _entry(self, kind: Kind, name: str) -> EntryPoint:
        """The one entry point of a name: a connector type has one owner over both its sides."""
        claims = self.claims.get(kind, {}).get(name)
        if not claims:
            raise self._unknown(kind, name)
        sides: tuple[Kind, ...] = ("processor",) if kind == "processor" else ("source", "destination")
        everyone = [claim for side in sides for claim in self.claims.get(side, {}).get(name, ())]
        owners = _owners(everyone)
        if len(owners) > 1 or len({claim.value for claim in claims}) > 1:
            what = "processor" if kind == "processor" else "connector"
            places = owners if len(owners) > 1 else sorted({claim.value for claim in claims})
            raise ConfigError(
                f"{what} type {name!r} is claimed by {' and by '.join(places)}",
                hint="uninstall all but one of them: a type has one owner",
                code="config.plugin_conflict",
            )
        return claims[0]

    def _unknown(self, kind: Kind, name: str) -> ConfigError:
        """Says so when the type exists and only this side of it does not."""
        other: dict[Kind, Kind] = {"source": "destination", "destination": "source"}
        if kind in other and name in self.claims.get(other[kind], {}):
            return ConfigError(
                f"connector type {name!r} can be a {other[kind]}, not a {kind}",
                hint=f"a {kind} can be: {', '.join(self.names(kind))}",
                code=f"config.not_a_{kind}",
            )
        what = f"{kind} type" if kind != "processor" else "processor type"
        return UnknownName(what, name, self.names(kind), place="installed plugins", code=f"config.unknown_{kind}_type")

    def _load(self, kind: Kind, name: str) -> type[object]:
        entry = self._entry(kind, name)
        try:
            loaded: object = entry.load()
        except ModuleNotFoundError as missing:
            if (missing.name or "").split(".")[0] == entry.module.split(".")[0]:
                raise  # the plugin itself is broken: show its own traceback
            raise MissingPackage(
                f"{kind} type {name!r} needs the package {missing.name!r}, which is not installed",
                hint=_install_line(entry, missing.name or ""),
                package=missing.name,
            ) from missing
        except AttributeError as absent:
            if entry.attr.split(".")[0] not in str(absent):
                raise
            raise BrokenPlugin(
                f"{kind} type {name!r}: {entry.module} has no {entry.attr}",
                hint=f"the entry point {entry.value!r} of {_owner(entry)[0]} must name a class",
            ) from absent
        return _checked(kind, entry, loaded)


def installed() -> Registry:
    """The plugins of this Python environment.

    Reads package metadata only: a few milliseconds for a hundred distributions.
    """
    found = entry_points()  # reads every distribution, so once for all kinds
    return from_entry_points([entry for group in GROUPS.values() for entry in found.select(group=group)])


def from_entry_points(found: Iterable[EntryPoint]) -> Registry:
    """A registry of these entry points; those of other groups are passed over."""
    kinds: dict[str, Kind] = {group: kind for kind, group in GROUPS.items()}
    claims: dict[Kind, dict[str, tuple[EntryPoint, ...]]] = {kind: {} for kind in GROUPS}
    for entry in found:
        kind = kinds.get(entry.group)
        if kind is not None:
            claims[kind][entry.name] = (*claims[kind].get(entry.name, ()), entry)
    return Registry(claims)


def _owners(claims: Sequence[EntryPoint]) -> list[str]:
    """Names and versions. Of one distribution nothing is asked: to tell its name is to parse all its metadata."""
    if all(claim.dist is claims[0].dist for claim in claims):
        return [""]
    return sorted({" ".join(_owner(claim)) for claim in claims})


def _owner(entry: EntryPoint) -> tuple[str, str]:
    """Name and version of the distribution; entry points made by hand have none."""
    return (entry.dist.name, entry.dist.version) if entry.dist is not None else ("(no distribution)", "")


def _install_line(entry: EntryPoint, package: str) -> str:
    """`pip install 'headwater[postgres]'` where the distribution has such an extra."""
    distribution = _owner(entry)[0]
    extras = entry.dist.metadata.get_all("Provides-Extra") if entry.dist is not None else None
    if entry.name in (extras or ()):
        return f"pip install '{distribution}[{entry.name}]'"
    return f"install what provides {package!r}; {distribution} does not name it as an extra"


def _checked(kind: Kind, entry: EntryPoint, loaded: object) -> type[object]:
    """The class, once it is known to have what the contract asks for."""
    fault, hint = _fault(kind, loaded)
    if fault or not isinstance(loaded, type):
        raise BrokenPlugin(f"{kind} type {entry.name!r} ({entry.value}, from {_owner(entry)[0]}) {fault}", hint=hint)
    return loaded


def _fault(kind: Kind, loaded: object) -> tuple[str, str]:
    """What is wrong with a plugin, and the way out; both empty when nothing is."""
    if not isinstance(loaded, type):
        return "is no class", "the entry point must name a class"
    config_type = getattr(loaded, "config_type", None)
    if not (isinstance(config_type, type) and issubclass(config_type, PluginConfig)):
        return (
            "has no config_type",
            "give the class `config_type = …`, a subclass of headwater.sdk.config.PluginConfig",
        )
    lacking = [[name for name in names if not callable(getattr(loaded, name, None))] for names in METHODS[kind]]
    if all(lacking):
        either = ", or ".join(", ".join(names) for names in lacking)
        return f"lacks {either}", f"see the contract in headwater.sdk.{kind}"
    return "", ""
