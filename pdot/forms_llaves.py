"""Lo que se teclea para dar o revocar una llave de la API."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from territorios.filtros import CampoFecha
from territorios.models import LlaveDeApi

UN_ANIO = timedelta(days=365)


class LlaveForm(forms.ModelForm):
    caduca = CampoFecha(label="Sirve hasta", help_text="A lo sumo, dos años.")

    class Meta:
        model = LlaveDeApi
        fields = ["titular", "zona", "entidad", "caduca"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["zona"].empty_label = "Todo el país"
        self.fields["entidad"].empty_label = "La secretaría"
        self.initial.setdefault("caduca", timezone.localdate() + UN_ANIO)

    def clean_caduca(self):
        caduca, hoy = self.cleaned_data["caduca"], timezone.localdate()
        if not hoy <= caduca <= hoy + 2 * UN_ANIO:
            raise forms.ValidationError("Ponga un día entre hoy y dentro de dos años.")
        return caduca


class RevocarForm(forms.Form):
    motivo = forms.CharField(
        label="Por qué se revoca",
        max_length=250,
        error_messages={"required": "Escriba por qué se revoca."},
    )
