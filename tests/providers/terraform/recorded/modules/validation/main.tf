variable "region" {
  type    = string
  default = "eu-south-2"

  validation {
    condition     = can(regex("^eu-", var.region)) && !contains(var.denied, var.region)
    error_message = "The region ${var.region} is not allowed."
  }
}

variable "denied" {
  type    = list(string)
  default = ["eu-west-2", "eu-central-2"]

  validation {
    condition     = length(var.denied) > 0
    error_message = "Name at least one."
  }

  validation {
    condition     = alltrue([for name in var.denied : length(name) > 4])
    error_message = "Too short."
  }
}

output "region" {
  value       = var.region
  description = "Where it runs"

  precondition {
    condition     = startswith(var.region, "eu-")
    error_message = "Not a European name."
  }
}
