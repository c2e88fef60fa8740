"""The eight areas, their dictionary and figures, and what was published"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('donor',
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_donor')),
    sa.UniqueConstraint('name', name=op.f('uq_donor_name')),
    sa.UniqueConstraint('public_id', name=op.f('uq_donor_public_id'))
    )
    op.create_table('programme_area',
    sa.Column('number', sa.SmallInteger(), autoincrement=False, nullable=False),
    sa.Column('name_zh', sa.String(length=40), nullable=False),
    sa.Column('name_en', sa.String(length=60), nullable=False),
    sa.Column('owner_zh', sa.String(length=40), nullable=False),
    sa.Column('owner_en', sa.String(length=60), nullable=False),
    sa.CheckConstraint('number BETWEEN 1 AND 8', name=op.f('ck_programme_area_number')),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_programme_area'))
    )
    op.create_table('area_text',
    sa.Column('area', sa.SmallInteger(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('source_document', sa.String(length=200), nullable=False),
    sa.Column('entered_by', sa.String(length=64), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['area'], ['programme_area.number'], name=op.f('fk_area_text_area')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_area_text')),
    sa.UniqueConstraint('area', 'year', 'position', name=op.f('uq_area_text_area_year_position')),
    sa.UniqueConstraint('public_id', name=op.f('uq_area_text_public_id'))
    )
    op.create_table('indicator_definition',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('area', sa.SmallInteger(), nullable=False),
    sa.Column('name_zh', sa.String(length=80), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=False),
    sa.Column('unit', sa.String(length=16), nullable=False),
    sa.Column('value_type', sa.Enum('integer', 'decimal', 'money', 'percent', 'range', 'text', name='valuetype', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('decimals', sa.SmallInteger(), nullable=False),
    sa.Column('kind', sa.Enum('flow', 'stock', 'cumulative', 'ratio', 'parameter', name='kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('count_basis', sa.Enum('person', 'person_times', 'thing', 'money', 'none', name='countbasis', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('aggregation', sa.Enum('sum', 'distinct', 'last', 'none', name='aggregation', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('source', sa.Enum('derived', 'entered', 'imported', 'computed', name='source', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('periods', sa.String(length=80), nullable=False),
    sa.Column('numerator', sa.String(length=16), nullable=True),
    sa.Column('denominator', sa.String(length=16), nullable=True),
    sa.Column('derivation', sa.String(length=40), nullable=True),
    sa.Column('money', sa.Enum('aid', 'works', name='moneykind', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('within', sa.String(length=16), nullable=True),
    sa.Column('not_above', sa.String(length=16), nullable=True),
    sa.Column('per_head_of', sa.String(length=16), nullable=True),
    sa.Column('per_head_usual', sa.BigInteger(), nullable=True),
    sa.Column('note_zh', sa.Text(), nullable=False),
    sa.Column('note_en', sa.Text(), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('effective_to', sa.Date(), nullable=True),
    sa.CheckConstraint('decimals BETWEEN 0 AND 4', name=op.f('ck_indicator_definition_decimals')),
    sa.CheckConstraint('effective_to IS NULL OR effective_from <= effective_to', name=op.f('ck_indicator_definition_in_order')),
    sa.ForeignKeyConstraint(['area'], ['programme_area.number'], name=op.f('fk_indicator_definition_area')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_indicator_definition')),
    sa.UniqueConstraint('code', 'effective_from', name=op.f('uq_indicator_definition_code_effective_from'))
    )
    op.create_table('policy_document',
    sa.Column('area', sa.SmallInteger(), nullable=False),
    sa.Column('title', sa.String(length=160), nullable=False),
    sa.Column('document_no', sa.String(length=80), nullable=False),
    sa.Column('first_year', sa.Integer(), nullable=True),
    sa.Column('last_year', sa.Integer(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['area'], ['programme_area.number'], name=op.f('fk_policy_document_area')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_policy_document')),
    sa.UniqueConstraint('area', 'title', name=op.f('uq_policy_document_area_title')),
    sa.UniqueConstraint('public_id', name=op.f('uq_policy_document_public_id'))
    )
    op.create_table('published_report',
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('figures', sa.Text(), nullable=False),
    sa.Column('row_digest', sa.String(length=64), nullable=False),
    sa.Column('row_count', sa.BigInteger(), nullable=False),
    sa.Column('method', sa.String(length=16), nullable=False),
    sa.Column('audit_length', sa.BigInteger(), nullable=False),
    sa.Column('audit_head', sa.String(length=64), nullable=False),
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('published_by', sa.String(length=64), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.CheckConstraint('version > 0', name=op.f('ck_published_report_version')),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_published_report_file_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_published_report')),
    sa.UniqueConstraint('public_id', name=op.f('uq_published_report_public_id')),
    sa.UniqueConstraint('year', 'version', name=op.f('uq_published_report_year_version'))
    )
    op.create_table('indicator_value',
    sa.Column('definition_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('period_kind', sa.Enum('year', 'school_year', 'term', 'month', 'range', 'as_of', 'event', name='figureperiod', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('period_start', sa.Date(), nullable=False),
    sa.Column('period_end', sa.Date(), nullable=False),
    sa.Column('value_low', sa.BigInteger(), nullable=True),
    sa.Column('value_high', sa.BigInteger(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('qualifier', sa.Enum('exact', 'approx', 'more_than', name='qualifier', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('source_document', sa.String(length=200), nullable=False),
    sa.Column('standing', sa.Enum('submitted', 'reviewed', 'superseded', name='standing', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('superseded_by_id', sa.Integer(), nullable=True),
    sa.Column('entered_by', sa.String(length=64), nullable=False),
    sa.Column('entered_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reviewed_by', sa.String(length=64), nullable=True),
    sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.CheckConstraint("superseded_by_id IS NULL OR standing = 'superseded'", name=op.f('ck_indicator_value_superseded_by_one')),
    sa.CheckConstraint("value_low IS NOT NULL OR text <> ''", name=op.f('ck_indicator_value_says_something')),
    sa.CheckConstraint('period_start <= period_end', name=op.f('ck_indicator_value_in_order')),
    sa.CheckConstraint('reviewed_by IS NULL OR reviewed_by <> entered_by', name=op.f('ck_indicator_value_four_eyes')),
    sa.CheckConstraint('value_high IS NULL OR value_low <= value_high', name=op.f('ck_indicator_value_range')),
    sa.ForeignKeyConstraint(['definition_id'], ['indicator_definition.id'], name=op.f('fk_indicator_value_definition_id')),
    sa.ForeignKeyConstraint(['superseded_by_id'], ['indicator_value.id'], name=op.f('fk_indicator_value_superseded_by_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_indicator_value_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_indicator_value')),
    sa.UniqueConstraint('definition_id', 'unit_id', 'period_kind', 'period_start', 'period_end', 'version', name='uq_indicator_value_version'),
    sa.UniqueConstraint('public_id', name=op.f('uq_indicator_value_public_id'))
    )
    op.create_index(op.f('ix_indicator_value_period_end'), 'indicator_value', ['period_end'], unique=False)
    op.create_index('uq_indicator_value_current', 'indicator_value', ['definition_id', 'unit_id', 'period_kind', 'period_start', 'period_end'], unique=True, sqlite_where=sa.text("standing <> 'superseded'"), postgresql_where=sa.text("standing <> 'superseded'"))
    _freeze_what_was_published()


def downgrade():
    for verb in _verbs():
        on_table = " ON published_report" if op.get_bind().dialect.name == "postgresql" else ""
        op.execute(f"DROP TRIGGER published_report_no_{verb}{on_table}")
    op.drop_index('uq_indicator_value_current', table_name='indicator_value', sqlite_where=sa.text("standing <> 'superseded'"), postgresql_where=sa.text("standing <> 'superseded'"))
    op.drop_index(op.f('ix_indicator_value_period_end'), table_name='indicator_value')
    op.drop_table('indicator_value')
    op.drop_table('published_report')
    op.drop_table('policy_document')
    op.drop_table('indicator_definition')
    op.drop_table('area_text')
    op.drop_table('programme_area')
    op.drop_table('donor')


def _verbs():
    return ("update", "delete", "truncate") if op.get_bind().dialect.name == "postgresql" else ("update", "delete")


def _freeze_what_was_published():
    """A report that left the bureau never changes; the function is that of the audit log."""
    for verb in _verbs():
        if op.get_bind().dialect.name == "postgresql":
            each = "STATEMENT" if verb == "truncate" else "ROW"
            then = f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        else:
            then = "BEGIN SELECT RAISE(ABORT, 'published_report is append-only'); END"
        op.execute(f"CREATE TRIGGER published_report_no_{verb} BEFORE {verb.upper()} ON published_report {then}")
