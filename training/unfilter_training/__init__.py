"""Train restorable filters: operators make the pairs, the trainer makes the checkpoint."""
