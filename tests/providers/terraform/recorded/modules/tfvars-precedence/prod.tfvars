a = "never read by itself"
f = "never read by itself"
