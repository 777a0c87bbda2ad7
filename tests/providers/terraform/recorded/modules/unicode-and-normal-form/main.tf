locals {
  composed   = "\u00e9"
  decomposed = "e\u0301"
}

output "same" {
  value = [local.composed == local.decomposed, length(local.decomposed), upper(local.decomposed)]
}

output "lengths" {
  value = [length("👩‍👩‍👧"), length("naïve"), substr("naïve", 2, 2), strrev("añb")]
}

output "keys" {
  value = { "clé" = 1, "日本" = local.composed }
}
