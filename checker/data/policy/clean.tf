# expect: my-policy clean
provider "aws" {
  region = "eu-central-1"
}

resource "aws_sagemaker_notebook_instance" "lab" {
  name          = "lab"
  role_arn      = "arn:aws:iam::111122223333:role/lab"
  instance_type = "ml.t3.medium"
}

# It is no AI workload, and none reaches it.
resource "aws_s3_bucket" "website" {
  bucket = "website"
  region = "eu-west-3"
}
