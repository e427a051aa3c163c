"""AWS CloudFormation: stacks, and stack sets with all that a rollout to many accounts takes."""
