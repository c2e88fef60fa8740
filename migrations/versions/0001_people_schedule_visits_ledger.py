"""People, cases, rules, calendar, slots, agreements, visits, ledger; audit, settings, files, jobs"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('access_log',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.String(length=64), nullable=False),
    sa.Column('about', sa.String(length=96), nullable=False),
    sa.Column('what', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_log'))
    )
    op.create_index(op.f('ix_access_log_about_at'), 'access_log', ['about', 'at'], unique=False)
    op.create_index(op.f('ix_access_log_actor_at'), 'access_log', ['actor', 'at'], unique=False)
    op.create_table('audit_event',
    sa.Column('seq', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('at', sa.String(length=32), nullable=False),
    sa.Column('actor', sa.String(length=64), nullable=False),
    sa.Column('action', sa.String(length=64), nullable=False),
    sa.Column('about', sa.String(length=96), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('mac', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('seq', name=op.f('pk_audit_event'))
    )
    op.create_index(op.f('ix_audit_event_about'), 'audit_event', ['about'], unique=False)
    op.create_index(op.f('ix_audit_event_action'), 'audit_event', ['action'], unique=False)
    op.create_index(op.f('ix_audit_event_at'), 'audit_event', ['at'], unique=False)
    op.create_table('audit_head',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('length', sa.BigInteger(), nullable=False),
    sa.Column('mac', sa.LargeBinary(length=32), nullable=False),
    sa.Column('seal', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_head'))
    )
    op.create_table('calendar_entry',
    sa.Column('kind', sa.Enum('term', 'closure', 'holiday', 'shifted', name='calendarkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('effective_to', sa.Date(), nullable=True),
    sa.CheckConstraint('effective_to IS NOT NULL AND effective_from <= effective_to', name=op.f('ck_calendar_entry_closed')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_entry')),
    sa.UniqueConstraint('kind', 'effective_from', 'name', name=op.f('uq_calendar_entry_kind_effective_from_name')),
    sa.UniqueConstraint('public_id', name=op.f('uq_calendar_entry_public_id'))
    )
    op.create_table('delivery_rule',
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('document_no', sa.String(length=80), nullable=False),
    sa.Column('issuer', sa.String(length=80), nullable=False),
    sa.Column('source_text', sa.Text(), nullable=False),
    sa.Column('scope', sa.Enum('child', 'school', 'bureau', name='rulescope', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('scope_key', sa.String(length=32), nullable=False),
    sa.Column('min_minutes', sa.Integer(), nullable=False),
    sa.Column('minutes_per_class_hour', sa.Integer(), nullable=False),
    sa.Column('min_teachers', sa.Integer(), nullable=False),
    sa.Column('modes', sa.String(length=80), nullable=False),
    sa.Column('remote_cap', sa.Integer(), nullable=True),
    sa.Column('max_per_day', sa.Integer(), nullable=False),
    sa.Column('confirmation_required', sa.Boolean(), nullable=False),
    sa.Column('make_up_days', sa.Integer(), nullable=False),
    sa.Column('partial_period', sa.Enum('prorate', 'full', 'whole_only', name='partialperiod', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('effective_to', sa.Date(), nullable=True),
    sa.CheckConstraint('effective_to IS NULL OR effective_from <= effective_to', name=op.f('ck_delivery_rule_in_order')),
    sa.CheckConstraint('min_minutes > 0 AND minutes_per_class_hour > 0', name=op.f('ck_delivery_rule_minutes')),
    sa.CheckConstraint('min_teachers > 0 AND max_per_day > 0 AND make_up_days >= 0', name=op.f('ck_delivery_rule_counts')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delivery_rule')),
    sa.UniqueConstraint('code', name=op.f('uq_delivery_rule_code')),
    sa.UniqueConstraint('public_id', name=op.f('uq_delivery_rule_public_id')),
    sa.UniqueConstraint('scope', 'scope_key', 'effective_from', name=op.f('uq_delivery_rule_scope_scope_key_effective_from'))
    )
    op.create_table('excuse_reason',
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('name_zh', sa.String(length=40), nullable=False),
    sa.Column('name_en', sa.String(length=60), nullable=False),
    sa.Column('effect', sa.Enum('reduces', 'make_up', name='excuseeffect', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_excuse_reason')),
    sa.UniqueConstraint('name_zh', name=op.f('uq_excuse_reason_name_zh'))
    )
    op.create_table('heartbeat',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_heartbeat'))
    )
    op.create_table('job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('arguments', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.String(length=64), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'running', 'done', 'refused', 'failed', 'cancelled', name='jobstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome_sealed', sa.LargeBinary(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job')),
    sa.UniqueConstraint('public_id', name=op.f('uq_job_public_id'))
    )
    op.create_index(op.f('ix_job_state_id'), 'job', ['state', 'id'], unique=False)
    op.create_table('org_unit',
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('kind', sa.Enum('bureau', 'special_school', 'school', name='unitkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('township', sa.String(length=40), nullable=True),
    sa.Column('latitude', sa.Float(), nullable=True),
    sa.Column('longitude', sa.Float(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['org_unit.id'], name=op.f('fk_org_unit_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_org_unit')),
    sa.UniqueConstraint('code', name=op.f('uq_org_unit_code')),
    sa.UniqueConstraint('public_id', name=op.f('uq_org_unit_public_id'))
    )
    op.create_table('setting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_setting')),
    sa.UniqueConstraint('name', 'effective_from', name=op.f('uq_setting_name_effective_from'))
    )
    op.create_table('sign_in_attempt',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.LargeBinary(length=32), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_attempt'))
    )
    op.create_index(op.f('ix_sign_in_attempt_at'), 'sign_in_attempt', ['at'], unique=False)
    op.create_index(op.f('ix_sign_in_attempt_key'), 'sign_in_attempt', ['key'], unique=False)
    op.create_table('stored_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=96), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('kept_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_file')),
    sa.UniqueConstraint('public_id', name=op.f('uq_stored_file_public_id'))
    )
    op.create_table('child',
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('roll_no_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('sex', sa.Enum('male', 'female', name='sex', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('born_on', sa.Date(), nullable=False),
    sa.Column('id_number_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('id_number_index', sa.LargeBinary(length=32), nullable=True),
    sa.Column('disability_type', sa.Enum('visual', 'hearing', 'speech', 'physical', 'intellectual', 'mental', 'multiple', name='disabilitytype', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('disability_level', sa.Integer(), nullable=False),
    sa.Column('disability_cert_no_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('family_category', sa.Enum('lifted', 'monitored', 'minimum_living', 'destitute', 'disabled_hardship', 'orphan', 'de_facto_unattended', 'none', name='familycategory', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('roll_school_id', sa.Integer(), nullable=True),
    sa.Column('visit_address_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('township', sa.String(length=40), nullable=True),
    sa.Column('latitude', sa.Float(), nullable=True),
    sa.Column('longitude', sa.Float(), nullable=True),
    sa.Column('cannot_attend_reason_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.CheckConstraint('disability_level BETWEEN 1 AND 4', name=op.f('ck_child_level')),
    sa.ForeignKeyConstraint(['roll_school_id'], ['org_unit.id'], name=op.f('fk_child_roll_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_child')),
    sa.UniqueConstraint('code', name=op.f('uq_child_code')),
    sa.UniqueConstraint('id_number_index', name=op.f('uq_child_id_number_index')),
    sa.UniqueConstraint('public_id', name=op.f('uq_child_public_id'))
    )
    op.create_index(op.f('ix_child_name'), 'child', ['name'], unique=False)
    op.create_table('quota',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('rule_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('period', sa.Enum('week', 'fortnight', 'month', 'term', 'school_year', name='periodkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('metric', sa.Enum('sessions', 'class_hours', 'minutes', name='metric', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('minimum', sa.Integer(), nullable=False),
    sa.CheckConstraint('minimum >= 0', name=op.f('ck_quota_minimum')),
    sa.ForeignKeyConstraint(['rule_id'], ['delivery_rule.id'], name=op.f('fk_quota_rule_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quota')),
    sa.UniqueConstraint('rule_id', 'position', name=op.f('uq_quota_rule_id_position'))
    )
    op.create_index(op.f('ix_quota_rule_id'), 'quota', ['rule_id'], unique=False)
    op.create_table('teacher',
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('phone_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('specialism', sa.String(length=40), nullable=True),
    sa.Column('record_checked_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['school_id'], ['org_unit.id'], name=op.f('fk_teacher_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_teacher')),
    sa.UniqueConstraint('code', name=op.f('uq_teacher_code')),
    sa.UniqueConstraint('public_id', name=op.f('uq_teacher_public_id'))
    )
    op.create_index(op.f('ix_teacher_school_id'), 'teacher', ['school_id'], unique=False)
    op.create_table('absence',
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('missed_on', sa.Date(), nullable=False),
    sa.Column('reason_code', sa.String(length=32), nullable=False),
    sa.Column('planned_minutes', sa.Integer(), nullable=True),
    sa.Column('is_approved', sa.Boolean(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.CheckConstraint('planned_minutes IS NULL OR planned_minutes >= 0', name=op.f('ck_absence_minutes')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_absence_child_id')),
    sa.ForeignKeyConstraint(['reason_code'], ['excuse_reason.code'], name=op.f('fk_absence_reason_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence')),
    sa.UniqueConstraint('child_id', 'missed_on', name=op.f('uq_absence_child_id_missed_on')),
    sa.UniqueConstraint('public_id', name=op.f('uq_absence_public_id'))
    )
    op.create_table('account',
    sa.Column('sign_in_name', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('password_hash', sa.String(length=160), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=True),
    sa.Column('language', sa.String(length=16), nullable=True),
    sa.Column('is_demonstration', sa.Boolean(), nullable=False),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_account_teacher_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('public_id', name=op.f('uq_account_public_id')),
    sa.UniqueConstraint('sign_in_name', name=op.f('uq_account_sign_in_name')),
    sa.UniqueConstraint('teacher_id', name=op.f('uq_account_teacher_id'))
    )
    op.create_table('agreement',
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('route', sa.Enum('paper', 'phone', 'in_person', 'office', name='signingroute', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('effective_to', sa.Date(), nullable=True),
    sa.CheckConstraint('effective_to IS NULL OR effective_from <= effective_to', name=op.f('ck_agreement_in_order')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_agreement_child_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement')),
    sa.UniqueConstraint('number', name=op.f('uq_agreement_number')),
    sa.UniqueConstraint('public_id', name=op.f('uq_agreement_public_id'))
    )
    op.create_index(op.f('ix_agreement_child_id'), 'agreement', ['child_id'], unique=False)
    op.create_table('case',
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('registered', 'verifying', 'assessing', 'placement_pending', 'placed_home', 'placed_other', 'agreement_pending', 'refused', 'planning', 'active', 'suspended', 'review_due', 'closing', 'closed', name='casestatus', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('placed_on', sa.Date(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_case_child_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case')),
    sa.UniqueConstraint('child_id', name=op.f('uq_case_child_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_case_public_id'))
    )
    op.create_table('guardian',
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('relation', sa.String(length=20), nullable=False),
    sa.Column('standing', sa.Enum('guardian', 'carer', name='standing', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('phone_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('phone_index', sa.LargeBinary(length=32), nullable=True),
    sa.Column('contact_rule', sa.Enum('any', 'phone_only', 'through_school', 'never', name='contactrule', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('entrusted_by', sa.Text(), nullable=True),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_guardian_child_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guardian')),
    sa.UniqueConstraint('child_id', 'name', name=op.f('uq_guardian_child_id_name')),
    sa.UniqueConstraint('public_id', name=op.f('uq_guardian_public_id'))
    )
    op.create_index(op.f('ix_guardian_child_id'), 'guardian', ['child_id'], unique=False)
    op.create_index(op.f('ix_guardian_phone_index'), 'guardian', ['phone_index'], unique=False)
    op.create_table('ledger_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('period_kind', sa.Enum('week', 'fortnight', 'month', 'term', 'school_year', name='periodkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('kind_no', sa.Integer(), nullable=False),
    sa.Column('metric', sa.Enum('sessions', 'class_hours', 'minutes', name='metric', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('period_start', sa.Date(), nullable=False),
    sa.Column('period_end', sa.Date(), nullable=False),
    sa.Column('quota_no', sa.Integer(), nullable=False),
    sa.Column('minimum', sa.Integer(), nullable=False),
    sa.Column('rule_code', sa.String(length=40), nullable=False),
    sa.Column('teaching_days', sa.Integer(), nullable=False),
    sa.Column('active_days', sa.Integer(), nullable=False),
    sa.Column('required', sa.Integer(), nullable=False),
    sa.Column('delivered', sa.Integer(), nullable=False),
    sa.Column('made_up', sa.Integer(), nullable=False),
    sa.Column('excused', sa.Integer(), nullable=False),
    sa.Column('invalid', sa.Integer(), nullable=False),
    sa.Column('unaccounted', sa.Integer(), nullable=False),
    sa.Column('surplus', sa.Integer(), nullable=False),
    sa.Column('invalid_amount', sa.Integer(), nullable=False),
    sa.Column('all_slots_fell_out', sa.Boolean(), nullable=False),
    sa.Column('pending', sa.Text(), nullable=False),
    sa.CheckConstraint('excused BETWEEN 0 AND required', name=op.f('ck_ledger_entry_excused')),
    sa.CheckConstraint('required = delivered + made_up + excused + unaccounted - surplus', name=op.f('ck_ledger_entry_identity')),
    sa.CheckConstraint('unaccounted >= 0 AND surplus >= 0 AND unaccounted * surplus = 0', name=op.f('ck_ledger_entry_apart')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_ledger_entry_child_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_entry')),
    sa.UniqueConstraint('child_id', 'period_kind', 'period_start', 'period_end', 'quota_no', name=op.f('uq_ledger_entry_child_id_period_kind_period_start_period_end_quota_no'))
    )
    op.create_index(op.f('ix_ledger_entry_period_kind_period_start'), 'ledger_entry', ['period_kind', 'period_start'], unique=False)
    op.create_table('responsible_span',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('effective_to', sa.Date(), nullable=True),
    sa.CheckConstraint('effective_to IS NULL OR effective_from <= effective_to', name=op.f('ck_responsible_span_in_order')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_responsible_span_child_id')),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_responsible_span_teacher_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_responsible_span'))
    )
    op.create_index(op.f('ix_responsible_span_child_id'), 'responsible_span', ['child_id'], unique=False)
    op.create_index(op.f('ix_responsible_span_teacher_id'), 'responsible_span', ['teacher_id'], unique=False)
    op.create_table('serving_span',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('effective_to', sa.Date(), nullable=True),
    sa.CheckConstraint('effective_to IS NULL OR effective_from <= effective_to', name=op.f('ck_serving_span_in_order')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_serving_span_child_id')),
    sa.ForeignKeyConstraint(['school_id'], ['org_unit.id'], name=op.f('fk_serving_span_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_serving_span'))
    )
    op.create_index(op.f('ix_serving_span_child_id'), 'serving_span', ['child_id'], unique=False)
    op.create_index(op.f('ix_serving_span_school_id'), 'serving_span', ['school_id'], unique=False)
    op.create_table('slot',
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('start_minute', sa.Integer(), nullable=False),
    sa.Column('end_minute', sa.Integer(), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('effective_to', sa.Date(), nullable=True),
    sa.CheckConstraint('0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440', name=op.f('ck_slot_times')),
    sa.CheckConstraint('effective_to IS NULL OR effective_from <= effective_to', name=op.f('ck_slot_in_order')),
    sa.CheckConstraint('weekday BETWEEN 0 AND 6', name=op.f('ck_slot_weekday')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_slot_child_id')),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_slot_teacher_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slot')),
    sa.UniqueConstraint('child_id', 'weekday', 'start_minute', 'effective_from', name=op.f('uq_slot_child_id_weekday_start_minute_effective_from')),
    sa.UniqueConstraint('public_id', name=op.f('uq_slot_public_id'))
    )
    op.create_index(op.f('ix_slot_child_id'), 'slot', ['child_id'], unique=False)
    op.create_index(op.f('ix_slot_teacher_id'), 'slot', ['teacher_id'], unique=False)
    op.create_table('suspension',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=80), nullable=True),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('effective_to', sa.Date(), nullable=True),
    sa.CheckConstraint('effective_to IS NULL OR effective_from <= effective_to', name=op.f('ck_suspension_in_order')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_suspension_child_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suspension')),
    sa.UniqueConstraint('child_id', 'effective_from', name=op.f('uq_suspension_child_id_effective_from'))
    )
    op.create_index(op.f('ix_suspension_child_id'), 'suspension', ['child_id'], unique=False)
    op.create_table('occurrence',
    sa.Column('slot_id', sa.Integer(), nullable=False),
    sa.Column('original_on', sa.Date(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=False),
    sa.Column('start_minute', sa.Integer(), nullable=False),
    sa.Column('end_minute', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('planned', 'clashing', 'cancelled', name='occurrencestate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.CheckConstraint('0 <= start_minute AND start_minute < end_minute AND end_minute <= 1440', name=op.f('ck_occurrence_times')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_occurrence_child_id')),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], name=op.f('fk_occurrence_slot_id')),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_occurrence_teacher_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_occurrence')),
    sa.UniqueConstraint('public_id', name=op.f('uq_occurrence_public_id')),
    sa.UniqueConstraint('slot_id', 'original_on', name=op.f('uq_occurrence_slot_id_original_on'))
    )
    op.create_index(op.f('ix_occurrence_child_id_planned_on'), 'occurrence', ['child_id', 'planned_on'], unique=False)
    op.create_index(op.f('ix_occurrence_teacher_id_planned_on'), 'occurrence', ['teacher_id', 'planned_on'], unique=False)
    op.create_table('role_grant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('bureau_officer', 'school_coordinator', 'teacher', 'auditor', 'relief_clerk', 'administrator', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('is_head', sa.Boolean(), nullable=False),
    sa.Column('effective_from', sa.Date(), nullable=False),
    sa.Column('effective_to', sa.Date(), nullable=True),
    sa.CheckConstraint('effective_to IS NULL OR effective_from <= effective_to', name=op.f('ck_role_grant_in_order')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_role_grant_account_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_role_grant_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_grant'))
    )
    op.create_index(op.f('ix_role_grant_account_id'), 'role_grant', ['account_id'], unique=False)
    op.create_table('sign_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(length=32), nullable=False),
    sa.Column('account_id', sa.Integer(), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_sign_in_account_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_in_token_hash'))
    )
    op.create_index(op.f('ix_sign_in_account_id'), 'sign_in', ['account_id'], unique=False)
    op.create_table('visit',
    sa.Column('number', sa.String(length=40), nullable=False),
    sa.Column('list_position', sa.Integer(), nullable=True),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('arrived_second', sa.Integer(), nullable=False),
    sa.Column('left_second', sa.Integer(), nullable=False),
    sa.Column('mode', sa.Enum('home', 'community', 'institution', 'remote', name='mode', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('confirmation', sa.Enum('confirmed', 'unconfirmed', 'disputed', name='confirmation', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('is_void', sa.Boolean(), nullable=False),
    sa.Column('void_reason', sa.Text(), nullable=True),
    sa.Column('makes_up_for', sa.Date(), nullable=True),
    sa.Column('group_code', sa.String(length=40), nullable=False),
    sa.Column('content', sa.Text(), nullable=True),
    sa.Column('occurrence_id', sa.Integer(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sa.String(length=16), nullable=False),
    sa.CheckConstraint('0 <= arrived_second AND arrived_second < left_second AND left_second <= 86400', name=op.f('ck_visit_times')),
    sa.CheckConstraint('NOT is_void OR void_reason IS NOT NULL', name=op.f('ck_visit_void_says_why')),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_visit_child_id')),
    sa.ForeignKeyConstraint(['occurrence_id'], ['occurrence.id'], name=op.f('fk_visit_occurrence_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_visit')),
    sa.UniqueConstraint('number', name=op.f('uq_visit_number')),
    sa.UniqueConstraint('occurrence_id', name=op.f('uq_visit_occurrence_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_visit_public_id'))
    )
    op.create_index(op.f('ix_visit_child_id_held_on'), 'visit', ['child_id', 'held_on'], unique=False)
    op.create_index(op.f('ix_visit_held_on'), 'visit', ['held_on'], unique=False)
    op.create_table('session_verdict',
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('child_id', sa.Integer(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('verdict', sa.Enum('void', 'no_rule', 'outside_agreement', 'suspended', 'disputed', 'overlap', 'mode_not_counted', 'too_few_teachers', 'too_short', 'unconfirmed', 'over_daily_cap', 'over_remote_cap', 'counted', name='verdict', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('rule_code', sa.String(length=40), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('class_hours', sa.Integer(), nullable=False),
    sa.Column('credited_on', sa.Date(), nullable=False),
    sa.Column('is_make_up', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['child_id'], ['child.id'], name=op.f('fk_session_verdict_child_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_session_verdict_visit_id')),
    sa.PrimaryKeyConstraint('visit_id', name=op.f('pk_session_verdict'))
    )
    op.create_index(op.f('ix_session_verdict_child_id_held_on'), 'session_verdict', ['child_id', 'held_on'], unique=False)
    op.create_index(op.f('ix_session_verdict_held_on_verdict'), 'session_verdict', ['held_on', 'verdict'], unique=False)
    op.create_table('visit_teacher',
    sa.Column('visit_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_visit_teacher_teacher_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['visit.id'], name=op.f('fk_visit_teacher_visit_id')),
    sa.PrimaryKeyConstraint('visit_id', 'teacher_id', name=op.f('pk_visit_teacher'))
    )
    op.create_index(op.f('ix_visit_teacher_teacher_id'), 'visit_teacher', ['teacher_id'], unique=False)


def downgrade():
    op.drop_index(op.f('ix_visit_teacher_teacher_id'), table_name='visit_teacher')
    op.drop_table('visit_teacher')
    op.drop_index(op.f('ix_session_verdict_held_on_verdict'), table_name='session_verdict')
    op.drop_index(op.f('ix_session_verdict_child_id_held_on'), table_name='session_verdict')
    op.drop_table('session_verdict')
    op.drop_index(op.f('ix_visit_held_on'), table_name='visit')
    op.drop_index(op.f('ix_visit_child_id_held_on'), table_name='visit')
    op.drop_table('visit')
    op.drop_index(op.f('ix_sign_in_account_id'), table_name='sign_in')
    op.drop_table('sign_in')
    op.drop_index(op.f('ix_role_grant_account_id'), table_name='role_grant')
    op.drop_table('role_grant')
    op.drop_index(op.f('ix_occurrence_teacher_id_planned_on'), table_name='occurrence')
    op.drop_index(op.f('ix_occurrence_child_id_planned_on'), table_name='occurrence')
    op.drop_table('occurrence')
    op.drop_index(op.f('ix_suspension_child_id'), table_name='suspension')
    op.drop_table('suspension')
    op.drop_index(op.f('ix_slot_teacher_id'), table_name='slot')
    op.drop_index(op.f('ix_slot_child_id'), table_name='slot')
    op.drop_table('slot')
    op.drop_index(op.f('ix_serving_span_school_id'), table_name='serving_span')
    op.drop_index(op.f('ix_serving_span_child_id'), table_name='serving_span')
    op.drop_table('serving_span')
    op.drop_index(op.f('ix_responsible_span_teacher_id'), table_name='responsible_span')
    op.drop_index(op.f('ix_responsible_span_child_id'), table_name='responsible_span')
    op.drop_table('responsible_span')
    op.drop_index(op.f('ix_ledger_entry_period_kind_period_start'), table_name='ledger_entry')
    op.drop_table('ledger_entry')
    op.drop_index(op.f('ix_guardian_phone_index'), table_name='guardian')
    op.drop_index(op.f('ix_guardian_child_id'), table_name='guardian')
    op.drop_table('guardian')
    op.drop_table('case')
    op.drop_index(op.f('ix_agreement_child_id'), table_name='agreement')
    op.drop_table('agreement')
    op.drop_table('account')
    op.drop_table('absence')
    op.drop_index(op.f('ix_teacher_school_id'), table_name='teacher')
    op.drop_table('teacher')
    op.drop_index(op.f('ix_quota_rule_id'), table_name='quota')
    op.drop_table('quota')
    op.drop_index(op.f('ix_child_name'), table_name='child')
    op.drop_table('child')
    op.drop_table('stored_file')
    op.drop_index(op.f('ix_sign_in_attempt_key'), table_name='sign_in_attempt')
    op.drop_index(op.f('ix_sign_in_attempt_at'), table_name='sign_in_attempt')
    op.drop_table('sign_in_attempt')
    op.drop_table('setting')
    op.drop_table('org_unit')
    op.drop_index(op.f('ix_job_state_id'), table_name='job')
    op.drop_table('job')
    op.drop_table('heartbeat')
    op.drop_table('excuse_reason')
    op.drop_table('delivery_rule')
    op.drop_table('calendar_entry')
    op.drop_table('audit_head')
    op.drop_index(op.f('ix_audit_event_at'), table_name='audit_event')
    op.drop_index(op.f('ix_audit_event_action'), table_name='audit_event')
    op.drop_index(op.f('ix_audit_event_about'), table_name='audit_event')
    op.drop_table('audit_event')
    op.drop_index(op.f('ix_access_log_actor_at'), table_name='access_log')
    op.drop_index(op.f('ix_access_log_about_at'), table_name='access_log')
    op.drop_table('access_log')
