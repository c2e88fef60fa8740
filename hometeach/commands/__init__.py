"""All that runs without a browser: every ``flask`` command, the scheduler and its table of jobs."""

from flask import Flask

from hometeach.commands import figures, keys, lists, papers, people, regular, seals, trail

COMMANDS = (
    *(regular.run_job, regular.scheduler),
    *(lists.import_workbook, lists.sessions, lists.ledger),
    *(figures.totals, figures.report, figures.roster),
    *(trail.verify_audit, keys.rotate_field_key),
    *(seals.verify_agreement, seals.evidence_pack),
    *(papers.agreement_pdf, papers.check_glyphs),
    *(people.seed_demonstration, people.make_administrator),
)


def register(app: Flask) -> None:
    """Give the application its commands."""
    for command in COMMANDS:
        app.cli.add_command(command)
