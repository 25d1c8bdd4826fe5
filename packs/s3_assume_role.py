"""Amazon S3 through a role: the reading formulas of s3.py, with the rights of the role alone.

    export CODA_ROLE_ARN=arn:aws:iam::123456789012:role/reader CODA_EXTERNAL_ID=...
    coda execute packs/s3_assume_role.py ListBuckets
    coda execute packs/s3_assume_role.py ListObjects coda-demo-logs app/
    coda execute --profile emulator-role packs/s3_assume_role.py GetText coda-demo-reports readme.txt

Your own credentials are found as for s3.py and need nothing but sts:AssumeRole on that role. The role's
trust policy must name you and require the external id.
"""

# A file beside a pack can be imported; @pack.formula left these functions as they were.
from s3 import get_text, list_buckets, list_objects

from coda_cli import sdk

pack = sdk.new_pack()
pack.add_network_domain("amazonaws.com")
pack.set_user_authentication(type=sdk.AuthenticationType.AWS_ASSUME_ROLE, service="s3")

pack.formula(list_buckets)
pack.formula(list_objects)
pack.formula(get_text)
