"""Is the audit log as it was written?"""

import sys

import click

from hometeach.commands.telling import Told
from hometeach.kernel import audit


@click.command("verify-audit", cls=Told)
@click.option("--head", "expected", help="A head from a printed report; it must occur in the chain.")
def verify_audit(expected: str | None) -> None:
    """Check the chain of the audit log; name the first bad row."""
    flaw = audit.verify(expected)
    if flaw is not None:
        click.echo(f"audit_event {flaw.seq}: {flaw.wrong}")
        sys.exit(1)
    length, head = audit.head()
    click.echo(f"{length} rows hold; head {head}")
