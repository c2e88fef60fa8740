"""From the link that was sent to the school's countersignature: what happened, who signed, how it stands."""
