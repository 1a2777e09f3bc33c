"""The processes that train one model together: how they start, meet, talk and end."""
