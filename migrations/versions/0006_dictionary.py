"""The eight areas and the indicators that the product comes with

The rows are those of ``hometeach/programmes/dictionary.toml``; the columns are
named here, so that a column added later changes nothing of this step.
"""

from enum import Enum

import sqlalchemy as sa
from alembic import op

from hometeach.programmes import dictionary
from hometeach.programmes.actions import dictionary_entries

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COLUMNS = (
    *("code", "position", "area", "name_zh", "name_en", "unit", "value_type", "decimals", "kind", "count_basis"),
    *("aggregation", "source", "periods", "effective_from", "effective_to", "numerator", "denominator", "derivation"),
    *("money", "within", "not_above", "per_head_of", "per_head_usual", "note_zh", "note_en"),
)


def upgrade():
    areas = sa.table("programme_area", *map(sa.column, ("number", "name_zh", "name_en", "owner_zh", "owner_en")))
    op.bulk_insert(
        areas,
        [
            {
                "number": area.number,
                "name_zh": area.zh,
                "name_en": area.en,
                "owner_zh": area.owner_zh,
                "owner_en": area.owner_en,
            }
            for area in dictionary.areas()
        ],
    )
    days = {name: sa.column(name, sa.Date) for name in ("effective_from", "effective_to")}
    definitions = sa.table("indicator_definition", *(days.get(name, sa.column(name)) for name in COLUMNS))
    op.bulk_insert(definitions, [{name: _plain(getattr(entry, name)) for name in COLUMNS} for entry in dictionary_entries()])


def downgrade():
    op.execute("DELETE FROM indicator_definition")
    op.execute("DELETE FROM programme_area")


def _plain(value):
    return value.value if isinstance(value, Enum) else value
