"""How is a setting called, and what is it for? In groups, in the order in which a bureau looks for them."""

from flask_babel import lazy_gettext as _l

GROUPS = (
    (
        _l("The bureau"),
        {
            "bureau_name": _l("Name of the bureau"),
            "small_cell_below": _l("Counts below this are not printed in what leaves the bureau"),
        },
    ),
    (
        _l("Accounts"),
        {
            "access_review_days": _l("Days within which the next access review is signed"),
            "account_unused_days": _l("Days without a sign-in after which the access review points at an account"),
        },
    ),
    (
        _l("Sessions and records"),
        {
            "late_entry_days": _l("Days after a visit within which it may still be written down, with a reason"),
            "photos_per_visit": _l("Photos that one visit keeps"),
            "photo_megabytes": _l("Largest photo of a lesson, in megabytes"),
            "make_up_hours": _l("Hours within which times for make-ups are offered"),
            "make_up_closing_days": _l("Days before its last day from which a make-up is told as closing soon"),
        },
    ),
    (
        _l("Cases and plans"),
        {
            "plan_needs_centre": _l("The resource centre looks at a plan before the head approves it (1 yes, 0 no)"),
            "file_expiring_days": _l("Days before its last one from which a paper of the file is told as expiring"),
            "suspension_days_by_school": _l("Days for which a principal may suspend a case; the bureau beyond"),
            "placement_dispute_days": _l("Days in which the bureau decides on a disputed placement"),
            "review_called_days": _l("Days after a term's end on which running cases still become due for review"),
            "paper_megabytes": _l("The largest scan that is kept with a case, in megabytes"),
        },
    ),
    (
        _l("Findings"),
        {
            "finding_days_teacher": _l("Days in which a teacher acts on a finding"),
            "finding_days_school": _l("Days in which a school acts on a finding"),
            "finding_days_bureau": _l("Days in which the bureau acts on a finding"),
            "finding_back_days": _l("Days back within which sessions and periods are looked at"),
            "finding_unconfirmed_days": _l("Days after which a session that nobody confirmed is a finding"),
            "finding_same_times": _l("Sessions in a row with the same times that are a finding"),
            "finding_copied_characters": _l("Characters from which equal words of two imported records are a finding"),
            "finding_untaught_weeks": _l("School weeks without a counted session that are a finding"),
            "record_check_days": _l("Days for which the check of a teacher's record holds"),
        },
    ),
    (
        _l("Families"),
        {
            "dispute_days": _l("Days in which the bureau decides what a family disputes"),
            "confirm_link_days": _l("Days for which a link to confirm a visit opens"),
            "change_notice_days": _l("Days before a lesson by which agreements ask to be told that it has to move"),
            "home_link_days": _l("Days for which a link to the family's pages opens"),
            "refusal_follow_up_days": _l("Days in which a school talks with a family that refused"),
            "sign_link_hours": _l("Hours for which a link to sign an agreement opens"),
            "agreement_expiring_days": _l("Days before its last one from which an agreement is told as expiring"),
            "checks_per_address": _l("Sealed documents that one address may check in the window of sign-in attempts"),
            "seal_without_timestamp": _l("A document is sealed without an authority's timestamp too (1 yes, 0 no)"),
            "scan_megabytes": _l("Largest scan of a signed paper, in megabytes"),
            "code_minutes": _l("Minutes for which a one-time code holds"),
            "code_tries": _l("Wrong entries after which a code is worth nothing"),
            "codes_per_phone": _l("Codes that one phone is sent in the window"),
            "code_window_minutes": _l("Minutes of the window in which a phone's codes are counted"),
            "wrong_codes_per_phone": _l("Wrong codes in the window after which a phone or a signing link is shut"),
            "codes_kept_days": _l("Days for which the mark of a used code is kept"),
        },
    ),
    (
        _l("Reminders"),
        {
            "quiet_from_hour": _l("From this hour on nobody is disturbed"),
            "quiet_until_hour": _l("Until this hour nobody is disturbed"),
            "staff_reminder_hour": _l("Hour of the day's reminders to staff who chose none"),
            "family_reminder_hour": _l("Hour of the day's reminders to families"),
            "staff_channels": _l("Ways by which staff may choose to be reminded"),
            "ladder_visit_tomorrow": _l("Visit tomorrow: who, days from the visit"),
            "ladder_record_missing": _l("Record missing: who, days from the visit"),
            "ladder_confirmation_missing": _l("Confirmation missing: who, days from the visit"),
            "ladder_quota_unplanned": _l("Week not planned: who, days from its Monday"),
            "ladder_quota_not_met": _l("Week not met: who, days from its Monday"),
            "ladder_make_up_closing": _l("Make-up closing: who, days from its last day"),
            "ladder_agreement_unsigned": _l("Agreement unsigned: who, days from the first day without one"),
            "ladder_signature_missing": _l("Signature missing: who, days from the day it was asked for"),
            "ladder_agreement_expiring": _l("Agreement expiring: who, days from its last day"),
            "ladder_plan_review": _l("Plan due for review: who, days from its last day"),
            "ladder_term_review": _l("Term review due: who, days from the day it fell due"),
            "ladder_return_from_suspension": _l("Return from suspension: who, days from the first day"),
            "ladder_record_check": _l("Teacher's record check due: who, days from the day it falls due"),
            "ladder_weekly_digest": _l("Weekly digest: who, days from the Monday after"),
        },
    ),
    (
        _l("Signing in"),
        {
            "attempts_per_account": _l("Failed sign-ins after which an account waits"),
            "attempts_per_address": _l("Failed sign-ins after which an address waits"),
            "attempt_window_minutes": _l("Minutes of the window in which they are counted"),
        },
    ),
)
NAMES = {name: said for _group, names in GROUPS for name, said in names.items()}
