"""Lo que se teclea al promover una tarjeta. Cada formulario trae lo de la tarjeta ya puesto."""

from django import forms

from acompanamiento.forms import AcuerdoForm
from acompanamiento.models import Grupo
from talleres.campos import UnoDe
from talleres.forms_aportes import gads_del_encuentro
from territorios.texto import recortar

from .models import ElementoVision, Necesidad, Problema
from .promociones import (
    promover_a_acuerdo,
    promover_a_necesidad,
    promover_a_problema,
    promover_a_vision,
)

AJENO = "Elija uno de la lista: los del encuentro que usted acompaña."


def grupos_para(tarjeta, usuario):
    """Los grupos del encuentro de la tarjeta que edita quien entra y que todavía cambian."""
    editables = Grupo.objects.editables_por(usuario).abiertos()
    return editables.filter(encuentros=tarjeta.encuentro_id)


def gads_para(tarjeta, usuario):
    """Los GAD del encuentro que acompaña quien entra."""
    gads = gads_del_encuentro(tarjeta.encuentro)
    return gads if usuario.ve_el_pais else gads.filter(territorio__zona=usuario.zona_id)


def campo_grupo(**opciones):
    return UnoDe(label="Grupo", error_messages={"invalid_choice": AJENO}, **opciones)


def campo_gad(**opciones):
    return UnoDe(label="GAD", error_messages={"invalid_choice": AJENO}, **opciones)


def _ofrecer_gads(campo, gads):
    campo.ofrecer(gads, etiqueta=lambda gad: gad.nombre_con_lugar, vacia="— Elija —")


class VisionForm(forms.Form):
    grupo = campo_grupo()
    texto = forms.CharField(
        label="Elemento para la nueva visión",
        max_length=ElementoVision._meta.get_field("texto").max_length,
    )
    solo_del_gad = forms.BooleanField(required=False)

    def __init__(self, *args, tarjeta, usuario, **kwargs):
        super().__init__(*args, **kwargs)
        self.tarjeta = tarjeta
        grupos = list(grupos_para(tarjeta, usuario))
        self.fields["grupo"].ofrecer(grupos, vacia="— Elija —")
        if len(grupos) == 1:
            self.initial["grupo"] = grupos[0].pk
        self.initial["texto"] = recortar(tarjeta.texto, 200)
        if tarjeta.gad:
            nombre = tarjeta.gad.nombre_con_lugar
            self.fields["solo_del_gad"].label = f"Es de {nombre}, no de todo el grupo"
        else:
            del self.fields["solo_del_gad"]

    def clean(self):
        datos = super().clean()
        grupo = datos.get("solo_del_gad") and datos.get("grupo")
        if grupo and not grupo.miembros().filter(pk=self.tarjeta.gad_id).exists():
            self.add_error("solo_del_gad", "Ese GAD no es miembro del grupo.")
        return datos

    def promover(self, *, por):
        datos = self.cleaned_data
        elemento = ElementoVision(grupo=datos["grupo"], texto=datos["texto"])
        gads = [self.tarjeta.gad] if datos.get("solo_del_gad") else []
        return promover_a_vision(self.tarjeta, elemento, gads=gads, por=por)


class ProblemaForm(forms.Form):
    gad = campo_gad(
        help_text="El problema se agrega al final de los de su evaluación abierta, aunque sea un "
        "borrador que usted todavía no lee. El GAD lo verá y puede cambiarlo o quitarlo."
    )
    texto = forms.CharField(
        label="Problema", max_length=Problema._meta.get_field("texto").max_length
    )

    def __init__(self, *args, tarjeta, usuario, **kwargs):
        super().__init__(*args, **kwargs)
        self.tarjeta = tarjeta
        _ofrecer_gads(self.fields["gad"], gads_para(tarjeta, usuario))
        self.initial |= {"gad": tarjeta.gad_id, "texto": recortar(tarjeta.texto, 200)}

    def promover(self, *, por):
        datos = self.cleaned_data
        return promover_a_problema(self.tarjeta, datos["texto"], gad=datos["gad"], por=por)


class NecesidadForm(forms.ModelForm):
    grupo = campo_grupo(required=False, help_text="Si es de todo el grupo.")
    gad = campo_gad(required=False, help_text="Si es de uno solo.")

    class Meta:
        model = Necesidad
        fields = [
            "tema",
            "detalle",
            "grupo",
            "gad",
            "componente",
            "modalidad",
            "prioridad",
            "asumible",
            "actor",
        ]
        widgets = {"detalle": forms.Textarea(attrs={"rows": 3})}
        labels = {
            "detalle": "Detalle (opcional)",
            "asumible": "El GAD puede asumirla con lo suyo; si no, viene de afuera",
            "actor": "Quién podría atenderla (opcional)",
        }

    def __init__(self, *args, tarjeta, usuario, **kwargs):
        super().__init__(*args, **kwargs)
        self.tarjeta = tarjeta
        grupos = list(grupos_para(tarjeta, usuario))
        self.fields["grupo"].ofrecer(grupos, vacia="— De ninguno en particular —")
        _ofrecer_gads(self.fields["gad"], gads_para(tarjeta, usuario))
        self.initial |= {"tema": recortar(tarjeta.texto, 200), "gad": tarjeta.gad_id}
        if len(tarjeta.texto) > 200:
            self.initial["detalle"] = tarjeta.texto
        if len(grupos) == 1 and not tarjeta.gad_id:
            self.initial["grupo"] = grupos[0].pk

    def clean(self):
        datos = super().clean()
        elegidos = [campo for campo in ("grupo", "gad") if datos.get(campo)]
        if len(elegidos) != 1 and not {"grupo", "gad"} & set(self.errors):
            self.add_error("grupo", "Elija un grupo o un GAD: de uno de los dos es la necesidad.")
        return datos

    def promover(self, *, por):
        return promover_a_necesidad(self.tarjeta, self.instance, por=por)


class AcuerdoDeAporteForm(AcuerdoForm):
    """El acuerdo del grupo, con el texto de la tarjeta y su GAD como responsable."""

    def __init__(self, *args, tarjeta, grupo, **kwargs):
        iniciales = {"texto": tarjeta.texto[:1000], "responsable_gad": tarjeta.gad_id}
        super().__init__(*args, grupo=grupo, initial=iniciales, **kwargs)
        self.tarjeta = tarjeta

    def promover(self, *, por):
        partes = self.cleaned_data["partes"]
        return promover_a_acuerdo(self.tarjeta, self.save(commit=False), partes, por=por)


class DeshacerForm(forms.Form):
    motivo = forms.CharField(
        max_length=250,
        label="Por qué se deshace",
        error_messages={"required": "Escriba por qué se deshace."},
    )
