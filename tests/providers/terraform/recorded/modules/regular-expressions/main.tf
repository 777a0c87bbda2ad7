output "captures" {
  value = [regex("(\\w+)(-\\w+)?", "eu"), regex("(?:a|b)c", "bc"), regex("^(?i)EU-(?P<x>.*)$", "eu-west").x]
}

output "all" {
  value = [regexall("(\\w)(\\d)", "a1 b2"), regexall("z", "abc"), regexall("(?P<k>\\w+)=(?P<v>\\w+)", "a=1,b=2")]
}

output "replace" {
  value = [replace("a.b", "/\\./", "-"), replace("a/b/c", "/", "-"), replace("2026-11-23", "/(\\d+)-(\\d+)/", "$2.$1"), replace("aaa", "/a/", "$${x}"), replace("Ab", "/(?i)a/", "")]
}

output "classes" {
  value = [regex("\\p{Lu}+", "abcDEF"), regex("[[:digit:]]+", "x42y"), length(regexall("\\s+", "a b\tc\nd"))]
}

output "multiline" {
  value = [regexall("(?m)^b.*$", "a\nbc\nbd"), regex("(?s)a.b", "a\nb")]
}

output "arn" {
  value = regex("^arn:(?P<partition>[^:]+):(?P<service>[^:]+):(?P<region>[^:]*):(?P<account>[^:]*):(?P<rest>.+)$", "arn:aws:s3:::bucket/key")
}
