"""Lo que se teclea de los viajes de un día."""

from django import forms

from .models import Traslado

HORA = {"widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), "required": False}
MALA_HORA = {"invalid": "Escriba una hora como 09:30."}
VIAJES_MAXIMOS = 20


class TrasladoForm(forms.Form):
    """Un viaje. El que está en blanco no cuenta."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    origen = forms.CharField(
        label="De", max_length=80, error_messages={"required": "Diga de dónde se sale."}
    )
    destino = forms.CharField(
        label="A", max_length=80, error_messages={"required": "Diga adónde se llega."}
    )
    modo = forms.ChoiceField(label="Cómo", choices=Traslado.Modo.choices)
    hora = forms.TimeField(label="Salió a las", error_messages=MALA_HORA, **HORA)
    llegada = forms.TimeField(label="Llegó a las", error_messages=MALA_HORA, **HORA)
    quitar = forms.BooleanField(label="Quitar este viaje", required=False)

    def clean(self):
        datos = super().clean()
        hora, llegada = datos.get("hora"), datos.get("llegada")
        if datos.get("quitar") or self.errors:
            return datos
        if not datos.get("pk") and not hora:
            self.add_error("hora", "Diga a qué hora sale.")
        elif llegada and not hora:
            self.add_error("hora", "Diga también a qué hora salió.")
        elif llegada and llegada <= hora:
            self.add_error("llegada", "La llegada es después de la salida, el mismo día.")
        return datos

    def has_changed(self):
        return bool(set(self.changed_data) - {"modo", "quitar", "version"})


TrasladosFormSet = forms.formset_factory(
    TrasladoForm,
    extra=1,
    max_num=VIAJES_MAXIMOS,
    absolute_max=VIAJES_MAXIMOS + 10,
    validate_max=True,
)
