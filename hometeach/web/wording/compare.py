"""What is different between two versions of the wording?"""

from collections import Counter
from collections.abc import Iterator

from flask import render_template, request
from flask_babel import gettext as _

from hometeach.agreements.templates.models import Template, in_print, templates_in_order
from hometeach.agreements.templates.wording import BLOCKS
from hometeach.cases.plan.comparing import Told, differences
from hometeach.kernel.errors import NotFound
from hometeach.web.base import allowed
from hometeach.web.plans.compare import ChangeLine
from hometeach.web.wording import READERS, pages
from hometeach.web.wording.loading import load_version


@pages.get("/<int:version>/compare")
@allowed(*READERS)
def compare(version: int) -> str:
    """The version beside another, clause by clause; the one before it where the address names none."""
    later = load_version(version)
    others = [one for one in templates_in_order() if one.version != version]
    earlier = _chosen(others, version)
    found = differences(_told(earlier), _told(later)) if earlier else []
    lines = [ChangeLine(one.about, one.field, one.before, one.after) for one in found]
    return render_template("layout/compare.html", named={}, later=later, earlier=earlier, others=others, lines=lines)


def _told(template: Template) -> Iterator[Told]:
    """The version field by field; a clause is known by its part and its place there."""
    yield Told(_("Head"), _("Title"), template.title)
    yield Told(_("Head"), _("Source"), template.source)
    yield Told(_("Head"), _("In plain words"), template.summary)
    places: Counter[str] = Counter()
    for clause in in_print(template):
        heading = str(BLOCKS[clause.block])
        places[heading] += 1
        mark = f"▣ {clause.text}" if clause.limits_rights else clause.text
        yield Told(heading, _("Clause %(n)s", n=places[heading]), mark)


def _chosen(others: list[Template], version: int) -> Template | None:
    asked = request.args.get("with", "")
    if asked:
        found = next((one for one in others if str(one.version) == asked), None)
        if found is None:
            raise NotFound
        return found
    return next((one for one in others if one.version < version), next(iter(others), None))
