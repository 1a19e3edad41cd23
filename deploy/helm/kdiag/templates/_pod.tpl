{{/* What the pods of exporter and audit share; each takes (dict "root" $). */}}

{{- define "kdiag.annotations" -}}
checksum/config: {{ include (print .root.Template.BasePath "/configmap.yaml") .root | sha256sum }}
{{- with .root.Values.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "kdiag.pod" -}}
serviceAccountName: {{ include "kdiag.serviceAccount" .root }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- toYaml .root.Values.podSecurityContext | nindent 2 }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "kdiag.container" -}}
image: {{ include "kdiag.image" .root }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  {{- toYaml .root.Values.securityContext | nindent 2 }}
{{- with .root.Values.envFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* One cluster: "key" is where the ConfigMap has its address, "client" its clientProperties. */}}
{{- define "kdiag.env" -}}
- name: KDIAG_CONFIG
  value: /etc/kdiag/config/kdiag.toml
{{- with .key }}
- name: KDIAG_BOOTSTRAP_SERVER
  valueFrom:
    configMapKeyRef:
      name: {{ include "kdiag.fullname" $.root }}
      key: {{ . }}
{{- end }}
{{- if (.client).existingSecret }}
- name: KDIAG_COMMAND_CONFIG
  value: {{ printf "/etc/kdiag/client/%s" (.client.key | default "client.properties") }}
{{- end }}
{{- with .root.Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "kdiag.mounts" -}}
- name: tmp
  mountPath: /tmp
- name: config
  mountPath: /etc/kdiag/config
  readOnly: true
{{- if (.client).existingSecret }}
- name: client
  mountPath: /etc/kdiag/client
  readOnly: true
{{- end }}
{{- with .root.Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "kdiag.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
- name: config
  configMap:
    name: {{ include "kdiag.fullname" .root }}
    items:
      - key: kdiag.toml
        path: kdiag.toml
{{- with (.client).existingSecret }}
- name: client
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- with .root.Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
