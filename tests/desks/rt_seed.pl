# Makes in RT what mailtickets needs: a user with the rights it needs and no other, the two custom
# fields, a queue. RT's own letters to requesters are switched off. Prints JSON; may be run again.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib', '/usr/local/share/request-tracker5/lib';
use JSON::PP;
use RT;
RT::LoadConfig();
RT::Init();
require RT::AuthToken;
require RT::AuthTokens;

my ($queue_name) = @ARGV;
my $system = RT->SystemUser;

sub principal_of {
    my ($name, $address) = @_;
    my $user = RT::User->new($system);
    $user->Load($name);
    $user->Create(Name => $name, EmailAddress => $address, Privileged => 1) unless $user->id;
    return $user;
}

my $service = principal_of('mailtickets', 'mailtickets@example.test');
my $agent   = principal_of('ann',         'ann@support.example');
my @rights  = qw(SeeQueue ShowTicket CreateTicket ReplyToTicket CommentOnTicket ShowTicketComments
    ModifyTicket SeeCustomField ModifyCustomField SetInitialCustomField);
for my $user ($service, $agent) {
    $user->PrincipalObj->GrantRight(Right => $_, Object => RT->System) for @rights;
}
$agent->PrincipalObj->GrantRight(Right => 'AdminQueue', Object => RT->System);
my $reader = principal_of('reader', 'reader@support.example');
$reader->PrincipalObj->GrantRight(Right => $_, Object => RT->System)
    for qw(SeeQueue ShowTicket SeeCustomField);

my $queue = RT::Queue->new($system);
$queue->Load($queue_name);
$queue->Create(Name => $queue_name) unless $queue->id;

for my $each (['MailTicketsKey', 'RT::Queue-RT::Ticket'],
    ['MailTicketsEntryKey', 'RT::Queue-RT::Ticket-RT::Transaction'])
{
    my $field = RT::CustomField->new($system);
    $field->LoadByCols(Name => $each->[0]);
    next if $field->id;
    $field->Create(Name => $each->[0], Type => 'FreeformSingle', LookupType => $each->[1],
        MaxValues => 1);
    $field->AddToObject(RT::Queue->new($system));
}

my $scrips = RT::Scrips->new($system);
$scrips->UnLimit;
while (my $scrip = $scrips->Next) {
    next unless ($scrip->Description // '')
        =~ /^On (?:Create Autoreply|Correspond Notify Requestors|Resolve Notify)/i;
    $scrip->SetDisabled(1) unless $scrip->Disabled;
}

# RT tries each token of a user, with bcrypt, until one fits: there shall be one.
sub token_of {
    my ($user) = @_;
    my $old = RT::AuthTokens->new($system);
    $old->Limit(FIELD => 'Owner', VALUE => $user->id);
    while (my $token = $old->Next) {
        $token->Delete;
    }
    my (undef, undef, $token) =
        RT::AuthToken->new($system)->Create(Owner => $user->id, Description => 'tests');
    return $token;
}

print encode_json({
    queue => $queue_name,
    token => token_of($service),
    agent => token_of($agent),
    reader => token_of($reader),
}), "\n";
