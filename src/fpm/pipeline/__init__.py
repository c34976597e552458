"""What the commands do, each by the stages it needs; ``run`` knows them all."""
