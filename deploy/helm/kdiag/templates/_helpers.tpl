{{/* The name of everything in a release, and of nothing in another one. */}}
{{- define "kdiag.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains "kdiag" .Release.Name -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-kdiag" .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* Labels that select; they never change, and a release shares them with no other. */}}
{{- define "kdiag.selector" -}}
app.kubernetes.io/name: kdiag
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "kdiag.labels" -}}
{{ include "kdiag.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "kdiag.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "kdiag.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end }}

{{- define "kdiag.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end }}

{{/* What cannot work is said before anything is installed. */}}
{{- define "kdiag.check" -}}
{{- $one := or .Values.bootstrapServer .Values.clientProperties.existingSecret -}}
{{- if and .Values.clusters (or $one .Values.clusterName) -}}
{{- fail "clusters, and bootstrapServer, clusterName or clientProperties exclude each other" -}}
{{- end -}}
{{- if not (or $one .Values.clusters .Values.envFrom .Values.extraEnv) -}}
{{- fail "bootstrapServer is missing: HOST:PORT of a broker, or clusters with one each" -}}
{{- end -}}
{{- if and (gt (int .Values.shards) 1) (not .Values.clusters) -}}
{{- fail "shards shares the clusters of the value clusters, and there are none" -}}
{{- end -}}
{{- end }}

{{/* The file of --config: the clusters, and what else was given. */}}
{{- define "kdiag.toml" -}}
{{- range $name, $cluster := .Values.clusters -}}
[clusters.{{ $name }}]
bootstrap_server = {{ $cluster.bootstrapServer | toJson }}
{{- with $cluster.clientProperties }}
command_config = {{ printf "/etc/kdiag/clients/%s/%s" $name (.key | default "client.properties") | toJson }}
{{- end }}

{{ end -}}
{{- .Values.config | trim }}
{{- end }}
