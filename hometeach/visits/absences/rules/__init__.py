"""Who may report and decide an absence, until when is it made up, and which times fit?"""
