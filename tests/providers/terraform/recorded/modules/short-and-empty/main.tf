variable "empty_list" {
  type    = list(string)
  default = []
}

variable "empty_map" {
  type    = map(string)
  default = {}
}

variable "empty_text" {
  default = ""
}

output "lists" {
  value = [var.empty_list, length(var.empty_list), concat(var.empty_list, ["x"]), join(",", var.empty_list), try(var.empty_list[0], "none")]
}

output "maps" {
  value = [var.empty_map, keys(var.empty_map), merge(var.empty_map, { a = "b" }), lookup(var.empty_map, "x", "y")]
}

output "text" {
  value = [var.empty_text, var.empty_text == "" ? "empty" : "full", coalesce(var.empty_text, "next"), length(split(",", var.empty_text))]
}

output "flatten_empty" {
  value = flatten([[], [[]], var.empty_list])
}
