"""The six large buttons below a conversation: what they are, and how their picture is drawn."""
