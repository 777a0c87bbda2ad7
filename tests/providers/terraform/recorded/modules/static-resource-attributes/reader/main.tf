variable "tags" {
  type = map(string)
}

variable "region" {
  type = string
}

resource "terraform_data" "copy" {
  count = 2
  input = "${var.region}-${var.tags["Name"]}-${count.index}"
}

output "text" {
  value = join(" ", terraform_data.copy[*].input)
}

output "nested" {
  value = { for index, copy in terraform_data.copy : index => copy.input }
}
