# What `make demo` runs inside `coda emulator`: each step says what it does, shows its command, runs it.
set -eu

step() {
    printf '\n%s\n' "$1"
}

run() {
    printf '$ %s\n' "$*"
    "$@"
}

step "1. An access-key pack. Its requests are signed with the key in the environment, as the AWS CLI finds it."
run coda execute packs/s3.py ListBuckets --output table

step "   The same key, a formula with parameters: the objects of a bucket under a prefix."
run coda execute packs/s3.py ListObjects coda-demo-logs app/ --output table

step "2. An assume-role pack. CODA_ROLE_ARN and CODA_EXTERNAL_ID name the role; -v shows who takes it on, and each request."
run coda execute packs/s3_assume_role.py ListObjects coda-demo-reports 2026/ --output table -v

step "3. A profile of the AWS configuration that assumes the role by itself, and another service: DynamoDB."
run coda execute --profile emulator-role packs/dynamodb.py Query Orders customer=ada --output table

step "   The same profile, asked who it is: the role, not the user."
run coda execute --profile emulator-role packs/identity.py GetCallerIdentity --output table

step "4. A sync table: rows are printed as they arrive, page after page; here no more than three of them."
run coda execute packs/s3_inventory.py Objects coda-demo-reports --max-rows 3 --output table

step "5. A refusal. The role's trust policy asks for the external id, and this one is another."
status=0
run coda execute packs/s3_assume_role.py ListBuckets --external-id another-tenant || status=$?
printf 'Exit code %s: credentials.\n' "$status"
test "$status" -eq 4

step "Done. \`coda emulator\` alone opens a shell in which you can try the packs yourself."
