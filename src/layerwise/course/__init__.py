"""What a learner is taught with: the glossary."""
