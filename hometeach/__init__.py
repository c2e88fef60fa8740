"""HomeTeach 送教上门: of what a child is owed, what was given, what was excused, and what can nobody account for?"""
