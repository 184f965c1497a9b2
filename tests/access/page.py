"""What the tables say of one address: who may open it, who may act there, and a form that succeeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tests.access import cast as who
from tests.access.cast import Who
from tests.access.scene import Scene

Given = Callable[[Scene], dict[str, Any]]


def nothing(scene: Scene) -> dict[str, Any]:
    """An address without parts, or a form without answers."""
    return {}


@dataclass(frozen=True)
class Page:
    """One address.

    * `sees`: who may open it. Of the others, those whose role does this kind of work are told "no such
      page", and so is whoever came by a link to something else; those whose role does not are told that it
      may not; nobody in particular is sent to sign in.
    * `role`: whose role does this kind of work.
    * `args`: the parts of the address. `foreign`: parts that name somebody else's thing below mine,
      except for whoever is `at_home` with it.
    * `acts`: who may do what the page is for. None where it takes no form.
    * `data`: the answers with which `by` succeeds. `typed`: those that people write themselves.
    * `query`: what stands behind the question mark, where the page needs it.
    * `only_post`: there is nothing to look at.
    * `searches`: a form that leads on and writes nothing, or nothing yet.
    * `again`: a later answer is welcome, so the page is never out of date for whoever gives it.
    * `done`: the status that says that it was done: a redirect, or a file that is made on the spot.
    * `alike`: whoever is like somebody may do what they may. Not where somebody is let in by name.
    * `in_vain`: for whoever may look but not act the button does nothing, instead of telling them.
    """

    sees: Who
    role: Who = who.WORKERS
    args: Given = nothing
    acts: Who | None = None
    by: str = who.OWNER
    data: Given = nothing
    typed: tuple[str, ...] = ()
    query: Callable[[Scene], str] = lambda scene: ""
    foreign: Callable[[Scene], list[dict[str, Any]]] = lambda scene: []
    at_home: Who = frozenset()
    only_post: bool = False
    searches: bool = False
    in_vain: bool = False
    again: bool = False
    done: int = 302
    alike: bool = True

    def opens_for(self, one: str) -> bool:
        """Say whether somebody may come in, or whoever they are like in this."""
        return (who.LIKE.get(one, one) if self.alike else one) in self.sees

    def refusal_of(self, one: str) -> int:
        """Return the status that refuses somebody what is not theirs, or what there is none of."""
        alike = who.LIKE.get(one, one)
        if alike in who.NOT_SIGNED_IN:
            return 302
        if alike in self.role or alike == who.BY_LINK:
            return 404
        return 403

    def address(self, name: str, scene: Scene, parts: dict[str, Any] | None = None) -> str:
        """Return the address of the page of a name, about the thing in the scene or about `parts`."""
        query = self.query(scene)
        return reverse(name, kwargs=parts if parts is not None else self.args(scene)) + (
            f"?{query}" if query else ""
        )


Table = dict[str, Page]
