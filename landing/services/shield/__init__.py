"""AWS Shield Advanced: subscriptions of single accounts, and whom the response team may call."""
