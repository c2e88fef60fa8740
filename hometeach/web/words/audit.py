"""How is told what somebody did, or looked at? Codes that have no words yet stand as they are."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hometeach.cases.wording import DONE

ACTIONS = {
    **{f"case:{event}": done for event, done in DONE.items()},
    "agreement:seal": _l("Agreement sealed"),
    "agreement:seal_again": _l("Seal asked for again"),
    "agreement:timestamp": _l("Timestamp added to a seal"),
    "agreement:last_day": _l("Last day of the agreement set"),
    "absence:approve": _l("Absence approved"),
    "absence:reject": _l("Absence not approved"),
    "absence:add": _l("More said of an absence"),
    "absence:choose": _l("Another reported reason of an absence chosen"),
    "absence:correct": _l("Report of an absence corrected"),
    "absence:report": _l("Absence reported"),
    "absence:withdraw": _l("Absence taken back"),
    "access_review:decide": _l("Account decided about in the access review"),
    "access_review:open": _l("Access review begun"),
    "access_review:sign": _l("Access review signed"),
    "consent:given": _l("Consent given"),
    "consent:refused": _l("Consent refused"),
    "consent:withdrawn": _l("Consent withdrawn"),
    "notice:publish": _l("Privacy notice published"),
    "photo:keep": _l("Photo of a lesson kept"),
    "photo:remove": _l("Photo of a lesson taken away"),
    "cover:begin": _l("Cover during leave begun"),
    "cover:end": _l("Cover during leave ended early"),
    "passkey:register": _l("Passkey registered"),
    "passkey:remove": _l("Passkey taken away"),
    "passkey:give": _l("Passkey given at sign-in"),
    "passkey:copied": _l("Passkey refused: its counter fell back"),
    "excuse_reason:add": _l("Reason of absences added"),
    "excuse_reason:end": _l("Days of a reason of absences changed"),
    "record_check:note": _l("Check of a teacher's record noted"),
    "access_log:digest": _l("Record of opened files sealed"),
    "account:change_password": _l("Own password changed"),
    "account:disable": _l("Account disabled"),
    "account:enable": _l("Account enabled again"),
    "account:make": _l("Account made"),
    "account:reset_password": _l("New password given"),
    "area_text:written": _l("Text of the report written"),
    "calendar:add": _l("Calendar entry added"),
    "calendar:change": _l("Calendar entry changed"),
    "calendar:remove": _l("Calendar entry removed"),
    "dispute:decide": _l("Dispute decided"),
    "dispute:open": _l("Dispute opened"),
    "dispute:take_back": _l("Dispute taken back"),
    "clock:trust": _l("The machine's clock called right"),
    "contact:choose": _l("Way of being reminded chosen"),
    "message:arrived": _l("Message called arrived"),
    "message:not_reached": _l("Family rung up in vain"),
    "message:send_again": _l("Message sent again"),
    "message:told": _l("Family told by telephone"),
    "reminder:derive": _l("Reminders derived"),
    "check:note": _l("Result of a check noted"),
    "finding:accept": _l("Explanation of a finding accepted"),
    "finding:explain": _l("Finding explained"),
    "finding:reject": _l("Explanation of a finding not accepted"),
    "sample:draw": _l("Sample drawn"),
    "figure:recorded": _l("Figure entered"),
    "figure:reviewed": _l("Figure reviewed"),
    "field_key:rotate": _l("Sealed again with the newest key"),
    "guardian:add": _l("Somebody of the family added"),
    "guardian:change": _l("Somebody of the family written down otherwise"),
    "guardian:enter": _l("The family came in with a code"),
    "guardian:phone_checked": _l("A phone was seen in its owner's hand"),
    "guardian:shut_out_for_guessing": _l("Shut out after too many wrong codes"),
    "guardian:authority": _l("Authority of a carer to sign recorded"),
    "offer:draw_up": _l("Agreement drawn up"),
    "unit:contact": _l("Address and telephone of a school or the bureau written down"),
    "wording:add": _l("Clause added to a draft of the agreement's wording"),
    "wording:begin": _l("New version of the agreement's wording begun"),
    "wording:discard": _l("Draft of the agreement's wording thrown away"),
    "wording:move": _l("Clause of a draft moved"),
    "wording:publish": _l("Wording of the agreement published"),
    "wording:remove": _l("Clause taken out of a draft"),
    "wording:write": _l("Draft of the agreement's wording written"),
    "offer:sent": _l("Agreement sent to the family"),
    "offer:opened": _l("Agreement opened"),
    "offer:summary_read": _l("Summary of the agreement read"),
    "offer:clause_opened": _l("Clause that limits rights opened"),
    "offer:talk_asked": _l("The family wants to talk first"),
    "offer:signed": _l("Agreement signed"),
    "offer:refused": _l("Agreement refused"),
    "offer:followed_up": _l("Refusal followed up"),
    "offer:countersigned": _l("Agreement countersigned by the school"),
    "offer:recalled": _l("Agreement recalled before it was concluded"),
    "offer:withdrawn": _l("Agreement ended by the family's withdrawal"),
    "offer:taken_back": _l("Withdrawal from the agreement taken back"),
    "offer:terminated": _l("Agreement ended"),
    "offer:superseded": _l("Agreement replaced by another"),
    "guardian:send_link": _l("Link sent to the family"),
    "guardian:speak_as": _l("The family said who is on the phone"),
    "incident:follow_up": _l("Incident followed up"),
    "incident:move": _l("Incident moved on"),
    "incident:notify": _l("Somebody told of an incident"),
    "incident:report": _l("Incident reported"),
    "file:enter": _l("Paper entered into the file"),
    "file:take_out": _l("Paper taken out of the file"),
    "lesson:remove": _l("Written lesson taken away"),
    "lesson:write": _l("Lesson written"),
    "plan:acknowledge": _l("Plan read by the family"),
    "plan:advise": _l("Plan looked at by the resource centre"),
    "plan:approve": _l("Plan approved"),
    "plan:begin": _l("Version of the plan begun"),
    "plan:discard": _l("Draft of the plan discarded"),
    "plan:review": _l("Plan looked back on"),
    "plan:send_back": _l("Plan sent back"),
    "plan:submit": _l("Plan handed in"),
    "plan:write": _l("Plan written"),
    "plan_goal:judge": _l("Where a goal stands noted"),
    "plan_goal:remove": _l("Goal taken out of the draft"),
    "plan_goal:write": _l("Goal written"),
    "report:published": _l("Report published"),
    "role:end": _l("Role taken away"),
    "role:grant": _l("Role given"),
    "calendar_feed:issue": _l("Address of the calendar feed made"),
    "calendar_feed:revoke": _l("Calendar feed stopped"),
    "schedule:publish": _l("Schedule published"),
    "session:cancel": _l("Planned session cancelled"),
    "session:move": _l("Planned session moved"),
    "session:plan_make_up": _l("Make-up planned"),
    "slot:change": _l("Weekly hour changed"),
    "slot:end": _l("Weekly hour ended"),
    "slot:make": _l("Weekly hour set"),
    "substitution:end": _l("Standing in ended"),
    "substitution:make": _l("Somebody stands in"),
    "rule:end": _l("Days of a rule changed"),
    "rule:write": _l("Rule written"),
    "safety:confirm": _l("Safety notes confirmed"),
    "safety:write": _l("Safety notes written"),
    "second_factor:confirm": _l("Second factor set up"),
    "second_factor:give": _l("Code of the second factor given"),
    "second_factor:take_away": _l("Second factor taken away"),
    "setting:write": _l("Setting written"),
    "sign_in:begin": _l("Signed in"),
    "sign_in:end_all": _l("All sign-ins of an account ended"),
    "visit:answer": _l("The family answered for a visit"),
    "visit:ask_change": _l("Change of a checked record asked for"),
    "visit:correct": _l("Record of a visit corrected"),
    "visit:permit_late": _l("Late entry of a visit permitted"),
    "visit:record": _l("Visit recorded"),
    "visit:refuse_change": _l("Change of a checked record refused"),
    "visit:verify": _l("Record of a visit checked"),
    "visit:withdraw": _l("Record of a visit withdrawn"),
    "workbook:discarded": _l("Workbook discarded"),
    "workbook:imported": _l("Workbook taken in"),
}
KINDS = {
    "access_log": _l("record of opened files"),
    "access_review": _l("access review"),
    "account": _l("account"),
    "excuse_reason": _l("reason of absences"),
    "area_text": _l("text of the report"),
    "calendar_entry": _l("calendar entry"),
    "child": _l("child"),
    "field_key": _l("key of the sealed fields"),
    "finding": _l("finding"),
    "sample": _l("sample"),
    "incident": _l("incident"),
    "import_run": _l("import"),
    "indicator_value": _l("figure"),
    "job": _l("background work"),
    "rule": _l("delivery rule"),
    "setting": _l("setting"),
    "schedule_version": _l("published schedule"),
    "teacher": _l("teacher"),
    "message": _l("message"),
    "published_report": _l("report"),
}
LOOKED_AT = {
    "file": _l("File opened"),
    "case": _l("Case opened"),
    "case_paper": _l("Paper of the case read"),
    "safety": _l("Safety notes read"),
    "incident": _l("Incident read"),
    "incident_paper": _l("Incident printed"),
    "export": _l("List taken away as a spreadsheet"),
    "phone": _l("Phone seen"),
    "id_number": _l("ID number seen"),
    "roll_no": _l("Roll number seen"),
    "disability_cert_no": _l("Certificate number seen"),
    "visit_address": _l("Address seen"),
    "cannot_attend_reason": _l("Reason for not attending seen"),
}
#: Why a masked field was seen, by the code with which a reason begins.
REASONS = {
    "visit": _l("to get to the child's home"),
    "contact": _l("to speak with the family"),
    "check": _l("to compare it with a paper"),
    "other": _l("another reason"),
}
PROCESSES = {
    "application": _l("By itself"),
    "import": _l("Import on the command line"),
    "scheduler": _l("Scheduler"),
    "set-up": _l("Set-up"),
    "demonstration": _l("Demonstration"),
}
#: What ``kernel.audit.verify`` can find, for the catalogue.
_FLAWS = (
    _l("row is missing or was moved"),
    _l("row was changed, or the row before it was exchanged"),
    _l("the printed head does not occur in the chain: its tail was cut off"),
    _l("the head of the chain is missing"),
    _l("the head of the chain was changed"),
    _l("the head counts other rows: the tail was cut off or added to"),
)


def action_words(code: str) -> str:
    """What was done."""
    return str(ACTIONS.get(code, code))


def subject_words(kind: str) -> str:
    """What kind of thing it was done to."""
    return str(KINDS.get(kind, kind))


def looked_at_words(what: str) -> str:
    """What of a child was looked at."""
    return str(LOOKED_AT.get(what, what))


def reveal_reason_words(reason: str) -> str:
    """Why a masked field was seen; empty where a file was opened."""
    code, _colon, note = reason.partition(": ")
    said = str(REASONS.get(code, code))
    return _("%(reason)s: %(note)s", reason=said, note=note) if note else said


def process_words(name: str) -> str:
    """Who did it, where it was nobody of the staff."""
    return _("The family") if name.startswith("guardian:") else str(PROCESSES.get(name, name))


def flaw_words(wrong: str) -> str:
    """What is wrong with the chain."""
    return _(wrong)
