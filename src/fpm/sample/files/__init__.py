"""Department files of one month, in the forms departments really send them."""
