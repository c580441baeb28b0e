# Makes in Redmine what mailtickets needs: a user, a role with the rights it needs, three custom
# fields, a project. Prints JSON; may be run again.
require "json"

Setting.rest_api_enabled = "1"
Setting.login_required = "1"
Setting.notified_events = []

role = Role.find_by(name: "Mail") || Role.create!(
  name: "Mail", issues_visibility: "all",
  permissions: %i[view_issues add_issues edit_issues add_issue_notes view_private_notes set_notes_private]
)
reading = Role.find_by(name: "Reading") || Role.create!(
  name: "Reading", issues_visibility: "all", permissions: %i[view_issues]
)
states = IssueStatus.pluck(:id)
Tracker.all.each do |tracker|
  ([0] + states).product(states).each do |from, to|
    next if from == to
    WorkflowTransition.find_or_create_by!(
      tracker_id: tracker.id, role_id: role.id, old_status_id: from, new_status_id: to
    )
  end
end

def user(login, first, last, admin: false)
  found = User.find_by(login: login) || User.new(firstname: first, lastname: last,
                                                 mail: "#{login}@example.test")
  found.login = login
  found.admin = admin
  found.status = 1
  found.password = found.password_confirmation = SecureRandom.hex(12) if found.new_record?
  found.mail_notification = "none"
  found.save!
  found
end

service = user("mailtickets", "Mail", "Tickets")
agent = user("ann", "Ann", "Agent", admin: true)
reader = user("reader", "Rea", "Der")
fields = %w[MailTicketsKey Requester MailTicketsEntryKey].to_h do |name|
  found = IssueCustomField.find_by(name: name) || IssueCustomField.create!(
    name: name, field_format: "string", is_for_all: true, is_filter: true, searchable: true,
    editable: true, visible: true, trackers: Tracker.all
  )
  [name, found.id]
end

name = ENV.fetch("REDMINE_PROJECT")
project = Project.find_by(identifier: name) || Project.create!(
  name: name, identifier: name, is_public: false, trackers: Tracker.all,
  enabled_module_names: %w[issue_tracking]
)
{ service => role, agent => role, reader => reading }.each do |one, what|
  next if Member.where(project_id: project.id, user_id: one.id).any?
  Member.create!(project: project, user: one, roles: [what])
end

puts({ project: name, token: service.api_key, agent: agent.api_key,
       reader: reader.api_key, role: role.id,
       user: service.id, fields: fields }.to_json)
