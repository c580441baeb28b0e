# Makes in Znuny what mailtickets needs: a user, its right in the group, two dynamic fields, a queue.
# Prints JSON; may be run again. Called with the queue's name.
use strict;
use warnings;
use lib '/usr/share/otrs', '/usr/share/otrs/Kernel/cpan-lib';
use Kernel::System::ObjectManager;

my $name = shift @ARGV;
local $Kernel::OM = Kernel::System::ObjectManager->new('Kernel::System::Log' => { LogPrefix => 'seed' });
my ($users, $groups, $fields, $queues) =
    map { $Kernel::OM->Get("Kernel::System::$_") } qw(User Group DynamicField Queue);
my $group = $groups->GroupLookup(Group => 'users');
my %rights = map { $_ => 0 } qw(ro move_into create owner priority note);
my $password = 's3cretpass';

for my $login (qw(mailtickets ann)) {
    my $id = $users->UserLookup(UserLogin => $login, Silent => 1) || $users->UserAdd(
        UserFirstname => ucfirst $login, UserLastname => 'Agent', UserLogin => $login, UserPw => $password,
        UserEmail => "$login\@agents.test", ValidID => 1, ChangeUserID => 1,
    );
    $groups->PermissionGroupUserAdd(
        GID => $group, UID => $id, Permission => { %rights, rw => 1 }, UserID => 1,
    );
}
for (['MailTicketsKey', 'Ticket'], ['MailTicketsEntryKey', 'Article']) {
    my ($field, $of) = @{$_};
    next if $fields->DynamicFieldGet(Name => $field)->{ID};
    $fields->DynamicFieldAdd(
        Name => $field, Label => $field, FieldOrder => 100, FieldType => 'Text', ObjectType => $of,
        Config => { DefaultValue => '' }, ValidID => 1, UserID => 1,
    );
}
$queues->QueueLookup(Queue => $name) || $queues->QueueAdd(
    Name => $name, ValidID => 1, GroupID => $group, SystemAddressID => 1, SalutationID => 1,
    SignatureID => 1, FollowUpID => 1, UserID => 1,
);
print qq({"queue": "$name", "user": "mailtickets", "agent": "ann", "password": "$password"}\n);
