"""Lo que la zona escribe en la ayuda memoria de un encuentro."""

from django import forms

from territorios.forms import FormularioVersionado

from .models import Memoria


class MemoriaForm(FormularioVersionado):
    class Meta:
        model = Memoria
        fields = ["conversado", "cambios_agenda", "proximos_pasos"]
        widgets = {
            "conversado": forms.Textarea(attrs={"rows": 10}),
            "cambios_agenda": forms.Textarea(attrs={"rows": 3}),
            "proximos_pasos": forms.Textarea(attrs={"rows": 6}),
        }
        labels = {
            "conversado": "Lo conversado (opcional)",
            "cambios_agenda": "En qué cambió la agenda (opcional)",
            "proximos_pasos": "Próximos pasos (opcional)",
        }
