"""Is the audit log as it was written?"""

import re
import sys
from collections.abc import Mapping
from typing import Any

import click

from hometeach.commands.telling import Told
from hometeach.kernel import audit, jobs


@click.command("verify-audit", cls=Told)
@click.option("--head", "expected", help="A head from a printed report; it must occur in the chain.")
def verify_audit(expected: str | None) -> None:
    """Check the chain of the audit log; name the first bad row."""
    if expected is not None and not re.fullmatch("[0-9a-f]{64}", expected := expected.strip().lower()):
        raise click.BadParameter("a head has 64 hex digits: copy the whole line of the report", param_hint="--head")
    flaw = audit.verify(expected)
    if flaw is not None:
        click.echo(f"audit_event {flaw.seq}: {flaw.wrong}")
        sys.exit(1)
    length, head = audit.head()
    click.echo(f"{length} rows hold; head {head}")


def check_audit_log(_arguments: Mapping[str, Any], _progress: jobs.Progress) -> dict[str, Any]:
    """The same as a job: the first flaw of the chain, its length and its head."""
    with jobs.only_reading():
        flaw, (length, head) = audit.verify(), audit.head()
    return {"flaw": [flaw.seq, flaw.wrong] if flaw else None, "length": length, "head": head}
