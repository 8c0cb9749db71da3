{{- define "recount.name" -}}
{{- $name := .Release.Name -}}
{{- if not (contains .Chart.Name $name) }}{{ $name = printf "%s-%s" $name .Chart.Name }}{{ end -}}
{{- $name | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{- define "recount.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "recount.labels" -}}
{{ include "recount.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* What the pods of the roles and of the set-up have in common. */}}
{{- define "recount.pod" -}}
automountServiceAccountToken: false
# the names of services would otherwise become variables that look like our settings: RECOUNT_API_PORT=tcp://…
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile:
    type: RuntimeDefault
volumes:
  - name: data
    emptyDir: {}
  - name: tmp
    emptyDir: {}
  {{- with .Values.caSecret }}
  - name: ca
    secret:
      secretName: {{ . }}
  {{- end }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "recount.container" -}}
image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
env:
  - name: RECOUNT_KAFKA_BROKERS
    value: {{ required "brokers is needed: host:port, separated by commas" .Values.brokers | quote }}
  {{- if .Values.elasticsearchUrl }}
  - name: RECOUNT_ELASTICSEARCH_URL
    value: {{ .Values.elasticsearchUrl | quote }}
  {{- else if not .Values.settingsSecret }}
  {{- fail "elasticsearchUrl is needed, or a settingsSecret with RECOUNT_ELASTICSEARCH_URL" }}
  {{- end }}
  - name: RECOUNT_PREFIX
    value: {{ .Values.prefix | quote }}
  {{- if .Values.kafka.ssl }}
  - name: RECOUNT_KAFKA_SSL
    value: 'true'
  {{- end }}
  {{- with .Values.kafka.saslMechanism }}
  - name: RECOUNT_KAFKA_SASL_MECHANISM
    value: {{ . | quote }}
  {{- end }}
  {{- with .Values.kafka.username }}
  - name: RECOUNT_KAFKA_USERNAME
    value: {{ . | quote }}
  {{- end }}
  {{- with .Values.elasticsearch.username }}
  - name: RECOUNT_ELASTICSEARCH_USERNAME
    value: {{ . | quote }}
  {{- end }}
  {{- with .Values.kafkaCaEntry }}
  - name: RECOUNT_KAFKA_CA_FILE
    value: /ca/{{ . }}
  {{- end }}
  {{- with .Values.elasticsearchCaEntry }}
  - name: RECOUNT_ELASTICSEARCH_CA_FILE
    value: /ca/{{ . }}
  {{- end }}
  - name: RECOUNT_HTTP_HOST
    value: 0.0.0.0
  - name: RECOUNT_HTTP_ALLOWED_HOSTS
    value: {{ .Values.ingress.host | quote }}
  - name: RECOUNT_HTTP_PORT
    value: '8080'
  - name: RECOUNT_WORKSPACE
    value: {{ .Values.workspace | quote }}
  - name: RECOUNT_LOG_LEVEL
    value: {{ .Values.logLevel | quote }}
{{- with .Values.settingsSecret }}
envFrom:
  - secretRef:
      name: {{ . }}
{{- end }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: data
    mountPath: /data
  - name: tmp
    mountPath: /tmp
  {{- if .Values.caSecret }}
  - name: ca
    mountPath: /ca
    readOnly: true
  {{- end }}
{{- end }}
