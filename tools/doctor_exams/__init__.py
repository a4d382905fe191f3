"""The doctor's three exams: public cases, the bug zoo, healthy runs. `python -m tools.doctor_exams --help`."""
