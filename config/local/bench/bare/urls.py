"""A page with one query, and a form that adds a row."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import Group
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path


class RowForm(forms.Form):
    """Three fields, of which one is kept."""

    name = forms.CharField(max_length=150, help_text="What it is called.")
    why = forms.CharField(widget=forms.Textarea, required=False)
    urgent = forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect)


@login_required
def page(request: HttpRequest) -> HttpResponse:
    """List ten rows."""
    return render(request, "page.html", {"rows": Group.objects.order_by("-pk")[:10]})


@login_required
def form(request: HttpRequest) -> HttpResponse:
    """Ask, and add a row."""
    asked = RowForm(request.POST or None)
    if request.method == "POST" and asked.is_valid():
        Group.objects.create(name=asked.cleaned_data["name"])
        return redirect("/")
    return render(request, "form.html", {"form": asked})


urlpatterns = [
    path("", page),
    path("form/", form),
    path("sign-in/", LoginView.as_view(template_name="form.html", next_page="/")),
]
