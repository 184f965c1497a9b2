"""What a view asks of whoever comes: nothing, a sign-in or a permission. Unmarked, it asks for a hat."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase

from agencies import looks
from agencies.http import HatRequest
from agencies.roles import Permission

P = ParamSpec("P")
V = TypeVar("V", bound=Callable[..., Any])
R = TypeVar("R", bound=HttpResponseBase)
HatView = Callable[Concatenate[HatRequest, P], R]


def public(view: V) -> V:
    """Mark a view that answers anybody."""
    view.__dict__["public"] = True
    return view


def without_hat(view: V) -> V:
    """Mark a view that answers whoever is signed in, before they have chosen a role."""
    view.__dict__["without_hat"] = True
    return view


def open_to_links(view: V) -> V:
    """Mark a view that also answers somebody without an account, who came by a link."""
    view.__dict__["open_to_links"] = True
    return view


def needs(permission: Permission) -> Callable[[HatView[P, R]], HatView[P, R]]:
    """Refuse a role that lacks the permission with the 403 page, and log the attempt."""

    def guard(view: HatView[P, R]) -> HatView[P, R]:
        @wraps(view)
        def guarded(request: HatRequest, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if not request.membership.may(permission):
                looks.log_refused(request, by=request.membership, why=f"needs {permission.name}")
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.__dict__["needs"] = permission
        return guarded

    return guard
