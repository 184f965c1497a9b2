"""The addresses of this app's pages, and of the pages on audit and notices, which ask for a role."""

from django.urls import path

from agencies.views import audit, contact_points, demo, directory, draft, hat, notices, team, time_limits

urlpatterns = [
    path("start/", hat.start, name="start"),
    path("hat/", hat.choose_hat, name="choose_hat"),
    path("drafts/", draft.keep, name="drafts"),
    path("directory/", directory.directory, name="directory"),
    path("partnership/", directory.partnership, name="partnership"),
    path("partnership/time-limits/", time_limits.time_limits_page, name="time_limits"),
    path("partnership/time-limits/suggested/", time_limits.suggest, name="suggest_time_limits"),
    path("partnership/time-limits/<slug:slug>/", time_limits.time_limit, name="time_limit"),
    path(
        "partnership/time-limits/<slug:slug>/<int:number>/withdraw/",
        time_limits.withdraw,
        name="withdraw_time_limit",
    ),
    path("team/", team.team, name="team"),
    path("team/add/", team.add_person, name="add_person"),
    path("team/<uuid:membership_id>/", team.staff_member, name="staff_member"),
    path("team/<uuid:membership_id>/change/", team.change_post, name="change_post"),
    path("team/<uuid:membership_id>/end/", team.end_membership, name="end_membership"),
    path("team/<uuid:membership_id>/link/", team.send_link, name="send_password_link"),
    path("team/<uuid:membership_id>/absence/", team.record_absence, name="record_absence"),
    path("team/<uuid:membership_id>/deputy/", team.name_deputy, name="name_deputy"),
    path("team/<uuid:membership_id>/deputy/<int:number>/end/", team.end_cover, name="end_cover"),
    path("contact-points/", contact_points.contact_points, name="contact_points"),
    path("contact-points/add/", contact_points.add, name="add_contact_point"),
    path("contact-points/<uuid:point_id>/check/", contact_points.check, name="check_contact_point"),
    path("contact-points/<uuid:point_id>/retire/", contact_points.retire, name="retire_contact_point"),
    path("notices/", notices.notices, name="notices"),
    path("notices/how/", notices.how_told, name="how_told"),
    path("notices/not-delivered/", notices.set_aside, name="set_aside"),
    path("notices/not-delivered/<uuid:message_id>/again/", notices.try_again, name="try_message_again"),
    path("audit/events/", audit.events, name="audit_events"),
    path("audit/access/", audit.looks, name="audit_access"),
    path("demo/", demo.people, name="demo_people"),
    path("demo/sign-in/<uuid:membership_id>/", demo.sign_in, name="demo_sign_in"),
    path("demo/outbox/", demo.outbox, name="demo_outbox"),
]
