"""Deep networks on real data: convolution, recurrence and attention, beside what others reach."""
