"""Stack sets: one template in many accounts and Regions (User Guide, "Managing stacks with StackSets")."""
